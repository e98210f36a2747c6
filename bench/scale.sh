#!/usr/bin/env bash
# How a redirect's cost grows with the number of links: seeds each size anew, asks along Zipf 1.0, prints CPU per redirect, hit rate and bytes per link.
# usage: bench/scale.sh [seconds per run, default 10] [links ..., default 10000 100000 1000000 10000000]
# needs: the .NET SDK, wrk, curl. With KEEP=DIR the seeded links stay there, and the next run need not seed them again.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-10}; [ $# -eq 0 ] || shift
sizes=("${@:-}"); [ -n "${sizes[0]}" ] || sizes=(10000 100000 1000000 10000000)
connections=${CONNECTIONS:-64}; threads=${THREADS:-1}
. bench/lib.sh

publish
echo "| links | redirects/s | server CPU µs | p99 ms | memory MB | L1 misses of redirects | bytes per link on disk | seeded in s |"
echo "|---|---|---|---|---|---|---|---|"
for links in "${sizes[@]}"; do
  seed="${KEEP:-$work}/$links"; rm -f "$work/results"
  if [ ! -e "$seed/seconds" ]; then
    rm -rf "$seed"; mkdir -p "$seed"; started=$SECONDS
    "$bench" seed --data "$seed/data" --links "$links" --codes "$seed/codes" >&2
    du -sb "$seed/data" | cut -f1 > "$seed/bytes"; echo $((SECONDS - started)) > "$seed/seconds"
  fi
  "$bench" trace --codes "$seed/codes" --links "$links" --count 2000000 > "$work/zipf"
  port=$(free_port); start_terse "$port" "$seed/data"
  misses_before=$(counter "$port" terse_l1_misses); redirects_before=$(counter "$port" 'terse_redirects.*outcome="redirected"')
  measure "Terse" "$links" "$terse_pid" "$port" "$work/zipf"
  misses=$(( $(counter "$port" terse_l1_misses) - misses_before )); redirects=$(( $(counter "$port" 'terse_redirects.*outcome="redirected"') - redirects_before ))
  stop "$terse_pid"
  seeded=$(cat "$seed/seconds"); bytes=$(( $(cat "$seed/bytes") / links ))
  [ -n "${KEEP:-}" ] || rm -rf "$seed"
  awk -F'|' -v hz="$(getconf CLK_TCK)" -v links="$links" -v bytes="$bytes" -v seeded="$seeded" -v misses="$misses" -v redirects="$redirects" \
    '{ split($3, r, " "); printf "| %d | %d | %.2f | %s | %d | %.2f %% | %d | %d |\n", links, r[2], $4 / hz * 1e6 / r[3], r[5], $5, 100 * misses / redirects, bytes, seeded }' "$work/results"
done
