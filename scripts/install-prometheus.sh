#!/usr/bin/env bash
# Installs Prometheus and promtool for `npm run test:metrics`, as a Debian package, which needs root.
# What is there already is left alone, and no service is started.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/debian-packages.sh

if ! command -v prometheus >/dev/null || ! command -v promtool >/dev/null; then
  install_debian prometheus
fi
