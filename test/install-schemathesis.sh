#!/bin/sh
# Installs the API fuzzer of test/e2e/api-fuzz.test.ts into a Python environment of its own, once, and prints the path
# of its program. Nothing outside node_modules/.cache is touched, so it works as root and as anybody else.
set -eu
VERSION=4.32.5
folder=$(cd "$(dirname "$0")/.." && pwd)/node_modules/.cache/schemathesis-$VERSION
# The mark is made last: a half installed environment is made anew.
if ! [ -e "$folder/installed" ]; then
  rm -rf "$folder"
  python3 -m venv "$folder" >&2
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check "schemathesis==$VERSION" >&2
  : > "$folder/installed"
fi
echo "$folder/bin/schemathesis"
