#!/bin/sh
# Installs OpenCV and the WebSocket packages that the docs speak of into a Python environment of its own, once, and prints the path of its interpreter. Nothing outside node_modules/.cache is touched.
set -eu
OPENCV=4.12.0.88
WEBSOCKETS=15.0.1
WEBSOCKET_CLIENT=1.9.2
cache=$(cd "$(dirname "$0")/.." && pwd)/node_modules/.cache
folder="$cache/opencv-python-$OPENCV-$WEBSOCKETS-$WEBSOCKET_CLIENT"
# Made beside and moved there whole: several test files may come at once.
if ! [ -d "$folder" ]; then
  mkdir -p "$cache"
  fresh=$(mktemp -d "$cache/opencv-python.XXXXXX")
  trap 'rm -rf "$fresh"' EXIT
  python3 -m venv "$fresh/venv" >&2
  "$fresh/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    "opencv-python-headless==$OPENCV" "websockets==$WEBSOCKETS" "websocket-client==$WEBSOCKET_CLIENT" >&2
  mv -T "$fresh/venv" "$folder" 2>/dev/null || [ -d "$folder" ]
fi
echo "$folder/bin/python"
