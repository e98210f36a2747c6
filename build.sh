#!/usr/bin/env bash
# The one entry to building, testing and running Terse. Without an argument it lists its verbs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
configuration=Release
tests=artifacts/bin/Terse.Tests/release/Terse.Tests
end_to_end=artifacts/bin/Terse.EndToEnd/release/Terse.EndToEnd

# What the tests run, and what the benchmark runs, as "program:Debian package". docs/testing.md says how they are found.
test_programs=(redis-server:redis-server redis-cli:redis-tools nats-server:nats-server postgres:postgresql initdb:postgresql pg_basebackup:postgresql psql:postgresql-client node:nodejs npm:npm chromium:chromium varnishd:varnish varnishncsa:varnish)
bench_programs=(wrk:wrk nginx:nginx-light curl:curl python3:python3-minimal)

usage() {
  cat <<'TEXT'
./build.sh VERB

  run      build and run Terse on http://localhost:5080, with its data in ./data
  fast     build, and run the tests that need nothing but .NET
  test     build, and run every test; finds or installs the servers that they need
  servers  find or install the servers that the tests need, and print where they are
  bench    compare redirects with bare Kestrel and nginx: [seconds per run] [links]
  clicks   compare redirects with clicks off and on, and measure the worker: [seconds per round] [rounds]
  broker-away  redirect latency while the broker of clicks is there, away and back: [seconds of each] [redirects/s]
  gateway  compare redirects asked of a node directly with those through the gateway: [seconds per run] [links]
  queue    clicks/s through the NATS queue, and what each costs: [--partitions N ...] [--clicks N]
  scale    CPU per redirect, hit rate and bytes per link from 10,000 to 10 million links: [seconds per run] [links ...]
  predict  the planner's prediction against what is measured here: [links ...]
  faults   break a running Terse in every way it must survive, under load, and write docs/reliability.md: [--only WORDS] [--rig NAME] break some, and write none
  soak     a steady mixed load for ten minutes: what is held at the end is what was held at the start: [--minutes N]
  cluster  start a fleet on loopback: three redirect nodes, two API nodes, the gateway, and their servers: [--links DynamoDb] [--port 8080]
  audit    compare every package with the advisories of nuget.org and npm; without advisories it fails
  format   put every file into the house format (--verify: only say which are not)
TEXT
}

build() { dotnet build Terse.slnx --configuration "$configuration" --verbosity quiet -warnaserror; }

# The path of a program: what TERSE_TEST_ plus its name says, else from PATH, else where Debian keeps servers.
find_program() {
  local variable place
  variable=$(variable_of "$1")
  if [ -n "${!variable:-}" ]; then echo "${!variable}"; return; fi
  command -v "$1" && return
  for place in /usr/sbin /usr/local/sbin $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV); do
    [ -x "$place/$1" ] && echo "$place/$1" && return
  done
  return 1
}
variable_of() { echo "TERSE_TEST_$(echo "$1" | tr 'a-z-' 'A-Z_')"; }

# Finds programs, installs the packages of those that are missing when it may, and tells the tests where each is.
need() {
  local entry missing=()
  for entry in "$@"; do find_program "${entry%%:*}" >/dev/null || missing+=("${entry##*:}"); done
  if [ ${#missing[@]} -gt 0 ]; then install $(printf '%s\n' "${missing[@]}" | sort -u); fi
  for entry in "$@"; do
    export "$(variable_of "${entry%%:*}")=$(find_program "${entry%%:*}")" || { echo "${entry%%:*} is missing even with the package ${entry##*:}." >&2; exit 1; }
  done
}

install() {
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "Missing: $*. Install these Debian packages, or the same programs from elsewhere in PATH:" >&2
    echo "  sudo apt-get install --no-install-recommends $*" >&2
    exit 1
  fi
  # A policy of 101 keeps packages from starting their services by themselves; one that is there already is left alone.
  (
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
      trap 'rm -f "$policy"' EXIT
      printf '#!/bin/sh\nexit 101\n' > "$policy" && chmod +x "$policy"
    fi
    echo "Installing $* ..." >&2
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
  )
}

# The npm packages of tests/npm, exactly as its lock file has them; nothing of theirs runs at installation.
npm_packages() {
  local target=artifacts/npm
  cmp -s tests/npm/package-lock.json "$target/package-lock.json" && [ -e "$target/.complete" ] && return
  mkdir -p "$target" && rm -f "$target/.complete"
  cp tests/npm/package.json tests/npm/package-lock.json "$target/"
  (cd "$target" && "$TERSE_TEST_NPM" ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
  touch "$target/.complete"
}

# The clock of processes is stepped by libfaketime; mounting small disks takes root.
faults() {
  [ "$(id -u)" = 0 ] || { echo "The fault suite mounts small disks: run it as root." >&2; exit 1; }
  servers
  [ -e /usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1 ] || install libfaketime
  dotnet build tests/Terse.Faults --configuration "$configuration" --verbosity quiet
  artifacts/bin/Terse.Faults/release/terse-faults "$@"
}

# Packages of packages too, down to the least severe. Warnings of the restore are errors, and that there were no advisories to read is one (NU1900, NU1905).
audit() {
  need npm:npm
  dotnet restore Terse.slnx --force --verbosity quiet --configfile .ci/audit.config -p:NuGetAudit=true -p:NuGetAuditMode=all -p:NuGetAuditLevel=low
  (cd tests/npm && "$TERSE_TEST_NPM" audit --package-lock-only)
}

servers() { need "${test_programs[@]}"; npm_packages; }

# Runs test programs, each "program argument ...". The last line is the sum over them, in a form that any tool can read.
run_tests() {
  local command results passed=0 failed=0 skipped=0 status=0
  results=$(mktemp -d)
  for command in "$@"; do
    $command -noColor -longRunning 60 -result-xml "$results/xml" || status=1
    passed=$((passed + $(result passed)))
    failed=$((failed + $(result failed) + $(result errors)))
    skipped=$((skipped + $(result skipped)))
    [ ! -s "$results/xml" ] || failures < "$results/xml" >> "$results/failures"
    rm -f "$results/xml"
  done
  cat "$results/failures" 2>/dev/null || true
  rm -rf "$results"
  [ $((failed + skipped)) -eq 0 ] || status=1
  [ "$passed" -gt 0 ] || { echo "No test passed." >&2; status=1; }
  echo "$passed passed, $failed failed, $skipped skipped"
  return "$status"
}

# An attribute of the results' assembly element; a program that ended before it wrote results counts as one failure.
result() {
  if [ -s "$results/xml" ]; then grep -o -m 1 '<assembly [^>]*>' "$results/xml" | sed -E "s/.* $1=\"([0-9]+)\".*/\1/"
  elif [ "$1" = failed ]; then echo 1
  else echo 0; fi
}

# Each failed test of a result file by its name and message, so that the end of a log always tells what is broken.
failures() {
  tr '\n' ' ' | sed 's/<test /\n<test /g; s/<error /\n<error /g' | grep -E '^<(test [^>]*result="Fail"|error )' | sed -E '
    s/^<(test|error) [^>]*name="([^"]*)"[^>]*>/FAILED \2\n/
    s/\n.*<message>(<!\[CDATA\[)?/\n  /
    s/(\]\]>)?<\/message>.*//
    s/&#x[AD];/ /g; s/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&apos;/'"'"'/g; s/&amp;/\&/g' || true
}

verb=${1:-}
[ $# -eq 0 ] || shift
case "$verb" in
  run) exec dotnet run --project src/Terse --configuration "$configuration" -- "$@" ;;
  fast) build; run_tests "$tests -trait- Needs=Servers -trait- Measures=Memory" "$tests -trait Measures=Memory" ;;
  test) servers; build; run_tests "$tests -trait- Measures=Memory" "$tests -trait Measures=Memory" "$end_to_end" ;;
  audit) audit ;;
  servers) servers; env | grep ^TERSE_TEST_ | sort ;;
  bench) need "${bench_programs[@]}"; exec bench/compare.sh "$@" ;;
  clicks) need "${bench_programs[@]}"; exec bench/clicks.sh "$@" ;;
  broker-away) need "${bench_programs[@]}" nats-server:nats-server; exec bench/broker-away.sh "$@" ;;
  gateway) need "${bench_programs[@]}"; exec bench/gateway.sh "$@" ;;
  queue) need nats-server:nats-server postgres:postgresql initdb:postgresql psql:postgresql-client; exec bench/queue.sh "$@" ;;
  scale) need "${bench_programs[@]}"; exec bench/scale.sh "$@" ;;
  predict) need "${bench_programs[@]}"; exec bench/predict.sh "$@" ;;
  faults)
    # Part of the faults is no report of all of them: the page stays as it is.
    case " $* " in
      *" --only"*|*" --rig"*) faults "$@"; echo "docs/reliability.md is as it was: only a run of every fault writes it. The rows are above; --report FILE writes them elsewhere." ;;
      *) faults --report docs/reliability.md "$@" ;;
    esac ;;
  soak) faults soak "$@" ;;
  cluster)
    servers
    dotnet build deploy/local-cluster --configuration "$configuration" --verbosity quiet -warnaserror
    exec dotnet artifacts/bin/Terse.Cluster/release/terse-cluster.dll "$@" ;;
  format) if [ "${1:-}" = --verify ]; then dotnet format Terse.slnx --verify-no-changes --no-restore; else dotnet format Terse.slnx; fi ;;
  "") usage ;;
  *) usage; echo "There is no verb \"$verb\"." >&2; exit 2 ;;
esac
