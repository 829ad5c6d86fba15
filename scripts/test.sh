#!/usr/bin/env bash
# Runs every test and ends with one line: "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/.."

log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
passed=0
failed=0

# A step without tests of its own (a build, a lint) counts as one test.
step() { # step <name> <command …>
  local name=$1
  shift
  printf '\n== %s\n' "$name"
  local started=$SECONDS
  if "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf '!! %s failed\n' "$name"
  fi
  printf -- '-- %s: %s s\n' "$name" $((SECONDS - started))
}

# A runner counts its own tests; `count` reads "<passed> <failed>" from its output.
suite() { # suite <name> <counter> <command …>
  local name=$1 counter=$2
  shift 2
  printf '\n== %s\n' "$name"
  local started=$SECONDS status=0
  "$@" 2>&1 | tee "$log/$name"
  status=${PIPESTATUS[0]}
  local ok bad
  read -r ok bad < <("$counter" "$log/$name")
  # A runner that fails without a failed test (it did not build, it crashed) is a failure too.
  [ "$status" -ne 0 ] && [ "$bad" -eq 0 ] && bad=1
  passed=$((passed + ok))
  failed=$((failed + bad))
  printf -- '-- %s: %s s\n' "$name" $((SECONDS - started))
}

count_cargo() {
  awk '/^test result:/ { for (i = 1; i < NF; i++) { if ($(i+1) ~ /^passed/) ok += $i; if ($(i+1) ~ /^failed/) bad += $i } }
       END { print ok + 0, bad + 0 }' "$1"
}

count_vitest() {
  sed 's/\x1b\[[0-9;]*m//g' "$1" | awk '/^ *Tests / { for (i = 1; i < NF; i++) { if ($(i+1) == "passed") ok += $i; if ($(i+1) == "failed") bad += $i } }
       END { print ok + 0, bad + 0 }'
}

step packages scripts/packages.sh
step console-packages npm --prefix web ci --no-audit --no-fund --loglevel=error
step console-check npm --prefix web run check
suite console-tests count_vitest npm --prefix web test
step console-build npm --prefix web run build
step format cargo fmt --all --check
step lints cargo clippy --workspace --all-targets --locked --quiet -- -D warnings
step binary cargo build --locked --bin zhike
suite server-tests count_cargo cargo test --workspace --locked --no-fail-fast
suite journeys count_vitest npm --prefix web run e2e

printf '\n%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
