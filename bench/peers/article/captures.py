"""What opens the camera: once a request, or once a worker in a thread that keeps the newest frame."""

import threading

import cv2


def open_capture(source):
    return cv2.VideoCapture(source)


class SharedCapture:
    """One capture of this worker: opened by the first viewer, closed when the last one has left."""

    def __init__(self, source):
        self.source = source
        self.changed = threading.Condition()
        self.viewers = 0
        self.thread = None
        self.frame = None
        self.number = 0

    def open(self):
        """Counts a viewer and waits for the first frame; False where the camera gives none."""
        with self.changed:
            self.viewers += 1
            if self.thread is None:
                self.frame = None
                self.thread = threading.Thread(target=self.read, daemon=True)
                self.thread.start()
            self.changed.wait_for(lambda: self.frame is not None or self.thread is None)
            if self.frame is not None:
                return True
            self.viewers -= 1
            return False

    def read(self):
        capture = open_capture(self.source)
        there = capture.isOpened()
        while there:
            there, frame = capture.read()
            with self.changed:
                if not there or self.viewers == 0:
                    break
                self.frame = frame
                self.number += 1
                self.changed.notify_all()
        capture.release()
        with self.changed:
            self.thread = None
            self.frame = None
            self.changed.notify_all()

    def frames(self):
        """The newest frame whenever there is a newer one."""
        number = 0
        try:
            while True:
                with self.changed:
                    self.changed.wait_for(lambda: self.number != number or self.thread is None)
                    if self.thread is None:
                        return
                    frame, number = self.frame, self.number
                yield frame
        finally:
            with self.changed:
                self.viewers -= 1
