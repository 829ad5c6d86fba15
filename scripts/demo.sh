#!/usr/bin/env bash
# Starts the product with the sample company in a folder that is removed at the end.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
umask 077
printf '%s' 'sample-company-2026' > "$folder/password"
zhike() { cargo run --release --locked --quiet --bin zhike -- "$@" --data "$folder/data" --key "$folder/root.key"; }
zhike setup --company '知客样例公司' --admin admin --password-file "$folder/password" --sample
echo "sign in as admin with the password $(cat "$folder/password")"
zhike serve --listen "$1"
