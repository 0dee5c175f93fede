"""The front of the peer `ffmpeg`: one ffmpeg a request, which writes its MJPEG into the viewer's socket itself.

ffmpeg's own HTTP server (-listen 1) serves one viewer and ends; this makes it serve any number at one address and
costs nothing while pictures flow: no byte of them passes through here.
Usage: ffmpeg_front.py PORT COMMAND..., where COMMAND writes to its standard output.
"""

import signal
import socket
import subprocess
import sys
import threading

HEAD = (
    b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=ffmpeg\r\n"
    b"Cache-Control: no-store\r\nConnection: close\r\n\r\n"
)


def serve(viewer, command):
    with viewer:
        request = b""
        while b"\r\n\r\n" not in request:
            data = viewer.recv(4096)
            if not data:
                return
            request += data
        viewer.sendall(HEAD)
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=viewer)


def main():
    port, command = int(sys.argv[1]), sys.argv[2:]
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # ended ones are no zombies
    listener = socket.create_server(("127.0.0.1", port), backlog=1024)
    print(f"ready {port}", flush=True)
    while True:
        viewer, _ = listener.accept()
        viewer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=serve, args=(viewer, command), daemon=True).start()


if __name__ == "__main__":
    main()
