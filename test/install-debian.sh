#!/bin/sh
# Installs what the tests need from Debian or Ubuntu; `npm test` calls it where it may. Run it with sudo otherwise.
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
exec apt-get install -y -q --no-install-recommends "$@"
