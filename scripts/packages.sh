#!/usr/bin/env bash
# Installs the Debian packages that the tests need and that are not there yet.
set -euo pipefail

missing=()
need() { # need <package> <file that shows it is there>
  compgen -G "$2" >/dev/null || missing+=("$1")
}
need postgresql '/usr/lib/postgresql/*/bin/postgres'
need chromium /usr/bin/chromium
need fonts-noto-cjk '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc'
need util-linux /usr/bin/setpriv
need strace /usr/bin/strace
need openssl /usr/bin/openssl
[ ${#missing[@]} -eq 0 ] && exit 0

sudo=()
[ "$(id -u)" -eq 0 ] || sudo=(sudo)
echo "installing: ${missing[*]}"
"${sudo[@]}" apt-get update -qq
# The tests start a PostgreSQL of their own; no cluster of the system is wanted.
"${sudo[@]}" mkdir -p /etc/postgresql-common
echo 'create_main_cluster = false' | "${sudo[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
