"""What the built-ins do, done with opencv-python on the same gray frames: CPU milliseconds a frame, one line of JSON.

Arguments: what to do (motion, mog2, qr), a file of packed gray frames, its width and height.
"""

import json
import sys
import time

import cv2
import numpy as np

cv2.setNumThreads(1)
what, path, width, height = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
frames = np.fromfile(path, np.uint8).reshape(-1, height, width)


def motion():
    shape = (height, width)
    state = {"average": frames[0].astype(np.float32), "deviation": np.zeros(shape, np.float32)}
    kernel = np.ones((3, 3), np.uint8)
    size = (round(width / 8), round(height / 8))

    def blend(fresh, known, weight, moving):
        blended = cv2.addWeighted(fresh, weight, known, 1 - weight, 0)
        slow = cv2.addWeighted(fresh, weight / 5, known, 1 - weight / 5, 0)
        cv2.copyTo(slow, moving, blended)
        return blended

    def process(frame):
        cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
        now = frame.astype(np.float32)
        difference = cv2.absdiff(now, state["average"])
        moving = cv2.compare(difference, state["deviation"] * 3 + 20, cv2.CMP_GT)
        state["average"] = blend(now, state["average"], 0.025, moving)
        state["deviation"] = blend(difference, state["deviation"], 0.025, moving)
        cells = cv2.resize(moving, size, interpolation=cv2.INTER_AREA)
        _, cells = cv2.threshold(cells, 64, 255, cv2.THRESH_BINARY)
        if cv2.countNonZero(cells):
            cells = cv2.morphologyEx(cells, cv2.MORPH_CLOSE, kernel)
            cv2.connectedComponentsWithStats(cells)

    return process


def mog2():
    subtractor = cv2.createBackgroundSubtractorMOG2(100, 16, False)

    def process(frame):
        mask = cv2.medianBlur(subtractor.apply(frame, None, 0.025), 5)
        cv2.connectedComponentsWithStats(mask)

    return process


def qr():
    detector = cv2.QRCodeDetectorAruco()
    return lambda frame: detector.detectAndDecodeMulti(frame)


process = {"motion": motion, "mog2": mog2, "qr": qr}[what]()
for frame in frames:
    process(frame)
before = time.process_time()
for frame in frames:
    process(frame)
print(json.dumps({"ms": (time.process_time() - before) * 1000 / len(frames)}))
