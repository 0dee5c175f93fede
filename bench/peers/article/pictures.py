"""Frames into the parts of an MJPEG response: each viewer's frames are encoded for it alone."""

import cv2
from django.conf import settings


def parts_of(frames):
    parameters = [] if settings.JPEG_QUALITY is None else [cv2.IMWRITE_JPEG_QUALITY, settings.JPEG_QUALITY]
    for frame in frames:
        done, jpeg = cv2.imencode(".jpg", frame, parameters)
        if not done:
            continue
        picture = jpeg.tobytes()
        head = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(picture)
        yield head + picture + b"\r\n"
