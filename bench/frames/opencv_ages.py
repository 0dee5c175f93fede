"""A peer of the `frames` benchmark: opencv-python's loop over a camera, as tutorials write it.

Arguments: address, `read` (cap.read() in the loop) or `thread` (a thread that keeps the newest frame), milliseconds that
the loop is busy with each frame, seconds to settle, seconds to measure. Prints one line of JSON: CPU seconds, and for
each frame when the loop got it (microseconds of the monotonic clock) and the middle of each cell of its strip, as hex.
"""

import json
import os
import sys
import threading
import time

os.environ.setdefault("OPENCV_FFMPEG_CAPTURE_OPTIONS", "rtsp_transport;tcp")
import cv2  # noqa: E402
import numpy as np  # noqa: E402

address, how = sys.argv[1:3]
busy, settle, seconds = float(sys.argv[3]) / 1000, float(sys.argv[4]), float(sys.argv[5])
capture = cv2.VideoCapture(address, cv2.CAP_FFMPEG)


def reading():
    while True:
        there, frame = capture.read()
        if not there:
            raise SystemExit("the camera has gone")
        yield frame


def newest():
    arrived = threading.Condition()
    slot = [None]

    def work():
        for frame in reading():
            with arrived:
                slot[0] = frame
                arrived.notify()

    threading.Thread(target=work, daemon=True).start()
    while True:
        with arrived:
            arrived.wait_for(lambda: slot[0] is not None)
            frame, slot[0] = slot[0], None
        yield frame


def cells(frame):
    height, width = frame.shape[:2]
    x = ((np.arange(40) + 0.5) * width / 40).astype(int)
    y = (height - height * 6 / 45 * (1 - (np.arange(3) + 0.5) / 3)).astype(int)
    return frame[y[:, None], x[None, :], 1].tobytes().hex()


frames = []
begin = time.monotonic() + settle
cpu = None
for frame in reading() if how == "read" else newest():
    now = time.monotonic_ns() // 1000
    if now > begin * 1e6:
        if cpu is None:
            cpu = time.process_time()
        frames.append([now, cells(frame)])
        if now > (begin + seconds) * 1e6:
            break
    if busy > 0:
        time.sleep(busy)
print(json.dumps({"cpuSeconds": time.process_time() - cpu, "frames": frames}), flush=True)
os._exit(0)
