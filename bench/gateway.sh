#!/usr/bin/env bash
# Compares redirects per second asked of one redirect node directly, and through `terse gateway` in front of one node, two and three, in short rounds that take turns.
# usage: bench/gateway.sh [seconds per round, default 5] [links, default 100000]
# needs: the .NET SDK, wrk, curl, python3. ROUNDS=5. Load, gateway and nodes share this machine: read the CPU per redirect first.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-5}; links=${2:-100000}; connections=${CONNECTIONS:-64}; threads=${THREADS:-1}
. bench/lib.sh

publish
seed_links "$links"
"$bench" trace --codes "$seed/codes" --links "$links" > "$work/zipf"
nodes=(); node_pids=()
for node in 1 2 3; do
  cp -r "$seed/data" "$work/node$node"
  port=$(free_port); start_terse "$port" "$work/node$node" --roles Redirect
  node_pids+=("$terse_pid"); nodes+=("http://127.0.0.1:$port")
done
ticks() { for pid in "$@"; do cpu_ticks "$pid"; done | awk '{ ticks += $1 } END { print ticks + 0 }'; }

names=(); urls=(); gateways=()
asked() { names+=("$1"); urls+=("$2"); gateways+=("${3:-}"); }
# name, nodes, policy: a gateway of its own
through() {
  local port; port=$(free_port)
  "$work/terse/terse" gateway --urls "http://127.0.0.1:$port" --redirect-nodes "$2" --policy "$3" >"$work/gateway.log" 2>&1 & pids+=("$!")
  asked "$1" "http://127.0.0.1:$port" "$!"
  until_up "$port" /health/ready
}
asked "one node, directly" "${nodes[0]}"
through "gateway, one node" "${nodes[0]}" ConsistentHash
through "gateway, two nodes, consistent hash" "${nodes[0]},${nodes[1]}" ConsistentHash
through "gateway, three nodes, consistent hash" "$(IFS=,; echo "${nodes[*]}")" ConsistentHash
through "gateway, three nodes, round robin" "$(IFS=,; echo "${nodes[*]}")" RoundRobin

load() { wrk -t"$threads" -c"$connections" -d"$2" -s bench/paths.lua "${urls[$1]}" -- "$work/zipf"; }
for i in "${!names[@]}"; do load "$i" "${WARMUP:-6}s" > /dev/null; done
for _ in $(seq "${ROUNDS:-5}"); do
  for i in "${!names[@]}"; do
    node_ticks=$(ticks "${node_pids[@]}"); gateway_ticks=$(ticks ${gateways[i]})
    result=$(load "$i" "${seconds}s" | grep RESULT)
    echo "${names[i]}|$result|$(($(ticks "${node_pids[@]}") - node_ticks))|$(($(ticks ${gateways[i]}) - gateway_ticks))" >> "$work/results"
  done
done

echo "$(nproc) cores, wrk -t$threads -c$connections on the same machine, ${ROUNDS:-5} rounds of ${seconds} s, Zipf 1.0 over $links links, load average: $(cut -d' ' -f1 /proc/loadavg)"
echo
python3 - "$work/results" "$(getconf CLK_TCK)" <<'PY'
import statistics, sys
rows = {}
for line in open(sys.argv[1]):
    name, result, node, gateway = line.strip().split("|")
    _, rate, count, p50, p99, _, errors = result.split()
    cpu = lambda ticks: int(ticks) / int(sys.argv[2]) * 1e6 / int(count)
    rows.setdefault(name, []).append((float(rate), float(p50), float(p99), cpu(node), cpu(gateway), int(errors)))
print("| asked | redirects/s | p50 ms | p99 ms | nodes CPU µs (least) | gateway CPU µs (least) | errors |")
print("|---|---|---|---|---|---|---|")
for name, rounds in rows.items():
    rate, p50, p99, node, gateway, errors = zip(*rounds)
    middle = statistics.median
    print(f"| {name} | {middle(rate):,.0f} | {middle(p50):.2f} | {middle(p99):.1f} | {middle(node):.1f} ({min(node):.1f}) | {middle(gateway):.1f} ({min(gateway):.1f}) | {sum(errors)} |")
PY
