"""A program that works on a camera's pictures, as docs/clients/opencv-python.md writes it. Prints for each picture its age
in milliseconds when the program has it in hand as an OpenCV image.

Arguments: the way (mjpeg, frames, pixels), host:port, the picture's width, and how long the work on each takes, in ms.
"""

import http.client
import json
import select
import sys
import time
import urllib.request

import cv2
import numpy as np

way, host, width, work = sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4]) / 1000
cv2.setNumThreads(1)


def mjpeg():
    stream = urllib.request.urlopen(f"http://{host}/cameras/cam/stream.mjpeg?width={width}", timeout=10)
    stream.readline()
    while part := http.client.parse_headers(stream):
        jpeg = stream.read(int(part["Content-Length"]))
        stream.readline(), stream.readline()
        if "X-Timestamp" not in part or select.select([stream], [], [], 0)[0]:
            continue
        yield cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), float(part["X-Timestamp"])


def frames():
    from websockets.sync.client import connect

    pixels = way == "pixels"
    address = f"ws://{host}/cameras/cam/frames?width={width}&ahead=1" + ("&format=bgr" if pixels else "")
    with connect(address, max_size=None) as camera:
        for text in camera:
            said = json.loads(text)
            if said["type"] == "state":
                continue
            data = np.frombuffer(camera.recv(), np.uint8)
            frame = data.reshape(said["height"], said["width"], 3) if pixels else cv2.imdecode(data, cv2.IMREAD_COLOR)
            yield frame, said["timestamp"]
            camera.send(json.dumps({"type": "ack", "sequence": said["sequence"]}))


for frame, captured in mjpeg() if way == "mjpeg" else frames():
    print(f"{(time.time() - captured) * 1000:.2f}", flush=True)
    if work > 0:
        time.sleep(work)
