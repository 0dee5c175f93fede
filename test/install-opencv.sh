#!/bin/sh
# Installs OpenCV and the WebSocket packages that the docs speak of into a Python environment of its own, once, and prints the path of its interpreter. Nothing outside node_modules/.cache is touched.
set -eu
OPENCV=4.12.0.88
WEBSOCKETS=15.0.1
WEBSOCKET_CLIENT=1.9.2
folder=$(cd "$(dirname "$0")/.." && pwd)/node_modules/.cache/opencv-python-$OPENCV-$WEBSOCKETS-$WEBSOCKET_CLIENT
# The mark is made last: a half installed environment is made anew.
if ! [ -e "$folder/installed" ]; then
  rm -rf "$folder"
  python3 -m venv "$folder" >&2
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check \
    "opencv-python-headless==$OPENCV" "websockets==$WEBSOCKETS" "websocket-client==$WEBSOCKET_CLIENT" >&2
  : > "$folder/installed"
fi
echo "$folder/bin/python"
