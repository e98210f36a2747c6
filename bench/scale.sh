#!/usr/bin/env bash
# How a redirect's cost grows with the number of links: one server for each size, asked along Zipf 1.0 in turn, in short rounds, so that a busy machine is busy for all.
# usage: bench/scale.sh [seconds per round, default 5] [links ..., default 10000 100000 1000000 10000000]
# needs: the .NET SDK, wrk, curl. ROUNDS=5. With KEEP=DIR the seeded links stay there, and the next run need not seed them again.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-5}; [ $# -eq 0 ] || shift
sizes=("${@:-}"); [ -n "${sizes[0]}" ] || sizes=(10000 100000 1000000 10000000)
connections=${CONNECTIONS:-64}; threads=${THREADS:-1}; rounds=${ROUNDS:-5}
. bench/lib.sh

publish
declare -A pids_of ports misses redirects
for links in "${sizes[@]}"; do
  seed_links "$links"
  "$bench" trace --codes "$seed/codes" --links "$links" --count 2000000 > "$work/zipf-$links"
  port=$(free_port); start_terse "$port" "$seed/data" --set Metrics:Public=true
  ports[$links]=$port; pids_of[$links]=$terse_pid
done

WARMUP=10
for round in $(seq "$rounds"); do
  for links in "${sizes[@]}"; do
    port=${ports[$links]}
    misses_before=$(counter "$port" terse_l1_misses); redirects_before=$(counter "$port" 'terse_redirects.*outcome="redirected"')
    measure "$links" zipf "${pids_of[$links]}" "$port" "$work/zipf-$links"
    misses[$links]=$(( $(counter "$port" terse_l1_misses) - misses_before )); redirects[$links]=$(( $(counter "$port" 'terse_redirects.*outcome="redirected"') - redirects_before ))
  done
  WARMUP=1
done

echo "| links | redirects/s, median | server CPU µs, median (least) | p99 ms, least | memory MB | L1 misses of redirects, last round | bytes per link on disk | seeded in s |"
echo "|---|---|---|---|---|---|---|---|"
for links in "${sizes[@]}"; do
  seed="${KEEP:-$work}/$links"
  python3 - "$work/results" "$links" "$(getconf CLK_TCK)" "${misses[$links]}" "${redirects[$links]}" "$(cat "$seed/bytes")" "$(cat "$seed/seconds")" <<'PY'
import statistics, sys
results, links, hz, misses, redirects, size, seconds = sys.argv[1], *map(int, sys.argv[2:])
rates, cpu, p99, memory = [], [], [], 0
for line in open(results):
    name, _, result, ticks, mb = line.strip().split("|")
    if name != str(links): continue
    _, rate, count, _, tail, *_ = result.split()
    rates.append(float(rate)); cpu.append(int(ticks) / hz * 1e6 / int(count)); p99.append(float(tail)); memory = mb
print(f"| {links:,} | {statistics.median(rates):,.0f} | {statistics.median(cpu):.1f} ({min(cpu):.1f}) | {min(p99):.1f} | {memory} | {100 * misses / redirects:.1f} % | {size / links:.0f} | {seconds} |")
PY
done
