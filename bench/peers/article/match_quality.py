"""Prints the JPEG quality of OpenCV whose mean picture of this camera is nearest to so many bytes, and that mean.

Usage: match_quality.py SOURCE BYTES FRAMES
"""

import sys

import cv2


EVERY = 10


def read_frames(source, count):
    """Every tenth of the next `count` frames."""
    capture = cv2.VideoCapture(source)
    frames = []
    for number in range(count):
        there, frame = capture.read()
        if not there:
            break
        if number % EVERY == 0:
            frames.append(frame)
    capture.release()
    return frames


def mean_bytes(frames, quality):
    sizes = [len(cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]) for frame in frames]
    return sum(sizes) / len(sizes)


def main():
    source, wanted, count = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    frames = read_frames(source, count)
    if not frames:
        sys.exit("the camera gave no frame")
    low, high = 5, 100
    tried = {}
    while low <= high:
        quality = (low + high) // 2
        tried[quality] = mean_bytes(frames, quality)
        if tried[quality] < wanted:
            low = quality + 1
        else:
            high = quality - 1
    best = min(tried, key=lambda quality: abs(tried[quality] - wanted))
    print(best, round(tried[best]))


if __name__ == "__main__":
    main()
