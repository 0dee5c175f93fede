"""A peer of the `delay` benchmark: the MJPEG server that every tutorial shows, with opencv-python.

One capture for each viewer, cap.read(), cv2.imencode, one multipart part. Prints `ready PORT`.
"""

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

os.environ.setdefault("OPENCV_FFMPEG_CAPTURE_OPTIONS", "rtsp_transport;tcp")
import cv2  # noqa: E402


class Handler(BaseHTTPRequestHandler):
    disable_nagle_algorithm = True

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        capture = cv2.VideoCapture(sys.argv[1], cv2.CAP_FFMPEG)
        try:
            self.send_pictures(capture)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the viewer left
        finally:
            capture.release()

    def send_pictures(self, capture):
        while True:
            there, frame = capture.read()
            if not there:
                return
            jpeg = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()
            head = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(jpeg)
            self.wfile.write(head + jpeg + b"\r\n")

    def log_message(self, *_):
        pass


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(f"ready {server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
