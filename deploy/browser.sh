#!/bin/sh
# Installs Debian's Chromium, which the browser tests drive. Needs root (or sudo) unless it is there already.
set -eu
if command -v chromium >/dev/null 2>&1; then
    chromium --version 2>/dev/null
    exit 0
fi
as_root=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || {
        echo "browser: Chromium is missing, and installing it needs root. Ask an administrator for: apt-get install chromium" >&2
        exit 1
    }
    as_root=sudo
fi
echo "Installing Chromium (half a minute)"
$as_root apt-get update -qq
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq chromium >/dev/null
chromium --version 2>/dev/null
