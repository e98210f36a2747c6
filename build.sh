#!/usr/bin/env bash
# The one entry to building, testing and running Terse. Without an argument it lists its verbs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
configuration=Release
tests=artifacts/bin/Terse.Tests/release/Terse.Tests
end_to_end=artifacts/bin/Terse.EndToEnd/release/Terse.EndToEnd

usage() {
  cat <<'TEXT'
./build.sh VERB

  run      build and run Terse on http://localhost:5080, with its data in ./data
  fast     build, and run the tests that need nothing but .NET
  test     build, and run every test; finds or installs the servers that they need
  bench    compare redirects with a bare Kestrel and nginx: [seconds a run] [links]
  format   put every file into the house format (--verify: only say which are not)
  servers  find or install the servers that the tests need
TEXT
}

build() { dotnet build Terse.slnx --configuration "$configuration" --verbosity quiet -warnaserror; }

# The servers that the tests talk to, as "program:Debian package". They are started by the tests, on free loopback ports.
servers() {
  local missing=() entry
  for entry in "${needed_servers[@]}"; do
    command -v "${entry%%:*}" >/dev/null || [ -x "/usr/sbin/${entry%%:*}" ] || missing+=("${entry##*:}")
  done
  [ ${#missing[@]} -eq 0 ] && return
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "The tests need these Debian packages, or the same programs from elsewhere in PATH: ${missing[*]}" >&2
    echo "As root: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  # A policy of 101 keeps packages from starting their services by themselves; one that is there already is left alone.
  local policy=/usr/sbin/policy-rc.d ours=
  [ -e "$policy" ] || { ours=1; printf '#!/bin/sh\nexit 101\n' > "$policy"; chmod +x "$policy"; }
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  [ -z "$ours" ] || rm -f "$policy"
}
needed_servers=()

# Runs the test programs; the last line is the sum over them, in a form that any tool can read.
run_tests() {
  local program summary total=0 failed=0 skipped=0 status=0
  summary=$(mktemp)
  for program in "$@"; do
    "$program" -noColor -longRunning 60 2>&1 | tee "$summary" || status=1
    total=$((total + $(count Total)))
    failed=$((failed + $(count Failed) + $(count Errors)))
    skipped=$((skipped + $(count Skipped)))
  done
  rm -f "$summary"
  [ "$total" -gt 0 ] || { echo "No test ran." >&2; status=1; }
  [ $((failed + skipped)) -eq 0 ] || status=1
  echo "$((total - failed - skipped)) passed, $failed failed, $skipped skipped"
  return "$status"
}

count() { sed -nE "s/.*Total: .*/&/; s/.*\b$1: ([0-9]+).*/\1/p" "$summary" | tail -n 1 | grep . || echo 0; }

case "${1:-}" in
  run) shift; exec dotnet run --project src/Terse --configuration "$configuration" -- "$@" ;;
  fast) build; run_tests "$tests" ;;
  test) servers; build; run_tests "$tests" "$end_to_end" ;;
  format) if [ "${2:-}" = --verify ]; then dotnet format Terse.slnx --verify-no-changes --no-restore; else dotnet format Terse.slnx; fi ;;
  bench) shift; exec bench/compare.sh "$@" ;;
  servers) servers ;;
  *) usage; [ -z "${1:-}" ] || { echo "There is no verb \"$1\"." >&2; exit 2; } ;;
esac
