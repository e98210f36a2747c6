#!/usr/bin/env bash
# Compares redirects per second asked of one redirect node directly, and through `terse gateway` in front of one node and of three, under the same load.
# usage: bench/gateway.sh [seconds per run, default 10] [links, default 100000]
# needs: the .NET SDK, wrk, curl. Load, gateway and nodes share this machine: read the CPU per redirect first.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-10}; links=${2:-100000}; connections=${CONNECTIONS:-64}; threads=${THREADS:-1}
work=$(mktemp -d /tmp/terse-gateway.XXXXXX); pids=()
trap 'for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$work"' EXIT

free_port() { python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
until_up() { for _ in $(seq 400); do curl -sf -o /dev/null "http://127.0.0.1:$1/health/ready" && return; sleep 0.05; done; echo "port $1 is not ready" >&2; exit 1; }
ticks() { for pid in "$@"; do cat "/proc/$pid/stat"; done | awk '{ ticks += $14 + $15 } END { print ticks + 0 }'; }

echo "Building and seeding $links links ..." >&2
dotnet publish -v q -c Release src/Terse -o "$work/terse" >/dev/null
dotnet publish -v q -c Release bench/Terse.Benchmarks -o "$work/bench" >/dev/null
"$work/bench/terse-bench" seed --data "$work/data" --links "$links" --codes "$work/codes" >&2
"$work/bench/terse-bench" trace --codes "$work/codes" --links "$links" > "$work/zipf"

nodes=(); node_pids=()
for node in 1 2 3; do
  cp -r "$work/data" "$work/node$node"
  port=$(free_port)
  "$work/terse/terse" serve --roles Redirect --data "$work/node$node" --urls "http://127.0.0.1:$port" >"$work/node$node.log" 2>&1 & node_pids+=($!); pids+=($!)
  until_up "$port"; nodes+=("http://127.0.0.1:$port")
done

# name, url, gateway's pid or nothing
measure() {
  local before_nodes before_gateway result
  wrk -t"$threads" -c"$connections" -d"${WARMUP:-5}s" -s bench/paths.lua "$2" -- "$work/zipf" >/dev/null
  before_nodes=$(ticks "${node_pids[@]}"); before_gateway=$(ticks ${3:-})
  result=$(wrk -t"$threads" -c"$connections" -d"${seconds}s" -s bench/paths.lua "$2" -- "$work/zipf" | grep RESULT)
  echo "$1|$result|$(($(ticks "${node_pids[@]}") - before_nodes))|$(($(ticks ${3:-}) - before_gateway))" >> "$work/results"
}

# name, nodes, policy
through() {
  local port pid
  port=$(free_port)
  "$work/terse/terse" gateway --urls "http://127.0.0.1:$port" --redirect-nodes "$2" --policy "$3" >"$work/gateway.log" 2>&1 & pid=$!; pids+=("$pid")
  until_up "$port"
  measure "$1" "http://127.0.0.1:$port" "$pid"
  kill "$pid"; wait "$pid" 2>/dev/null || true
}

all=$(IFS=,; echo "${nodes[*]}")
measure "one node, directly" "${nodes[0]}"
through "gateway, one node" "${nodes[0]}" ConsistentHash
through "gateway, three nodes, consistent hash" "$all" ConsistentHash
through "gateway, three nodes, round robin" "$all" RoundRobin

echo
echo "$(nproc) cores, wrk -t$threads -c$connections on the same machine, ${seconds} s a run, Zipf 1.0 over $links links, load average: $(cut -d' ' -f1 /proc/loadavg)"
echo
awk -F'|' -v hz="$(getconf CLK_TCK)" '
  BEGIN { print "| asked | redirects/s | p50 ms | p99 ms | nodes CPU µs | gateway CPU µs | errors |"; print "|---|---|---|---|---|---|---|" }
  { split($2, r, " "); printf "| %s | %d | %s | %s | %.2f | %.2f | %d |\n", $1, r[2], r[4], r[5], $3 / hz * 1e6 / r[3], $4 / hz * 1e6 / r[3], r[7] }
' "$work/results"
