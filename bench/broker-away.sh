#!/usr/bin/env bash
# Redirect latency while the broker of clicks is there, away, and back again; then whether every click came to be counted.
# Usage: bench/broker-away.sh [seconds of each]
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-20}
terse=artifacts/bin/Terse/release/terse.dll
nats=${TERSE_TEST_NATS_SERVER:-$(command -v nats-server || echo /usr/sbin/nats-server)}
key=terse_AAAAAAAAAA_0123456789abcdefghijklmnopqrstuv
work=$(mktemp -d); pids=()
trap 'for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$work"' EXIT
port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
up() { for _ in $(seq 300); do curl -fs -o /dev/null "http://127.0.0.1:$1/health/live" && return; sleep 0.1; done; echo "No answer on $1"; exit 1; }
broker() { "$nats" --addr 127.0.0.1 --port "$nats_port" --jetstream --store_dir "$work/nats" > "$work/nats.log" 2>&1 & nats_pid=$!; pids[0]=$nats_pid; }

nats_port=$(port) node=$(port) worker=$(port)
broker
queue="--set Stores:Queue=Nats --set Nats:Url=nats://127.0.0.1:$nats_port --set BootstrapKey=$key"
# shellcheck disable=SC2086
dotnet "$terse" --data "$work/node" --urls "http://127.0.0.1:$node" --set Roles=Redirect,Api $queue > "$work/node.log" 2>&1 & pids[1]=$!
# shellcheck disable=SC2086
dotnet "$terse" --data "$work/worker" --urls "http://127.0.0.1:$worker" --set Roles=Clicks,Api $queue > "$work/worker.log" 2>&1 & pids[2]=$!
up "$node"; up "$worker"
curl -fs -o /dev/null -H "X-Api-Key: $key" -H 'Content-Type: application/json' -d '{"url": "https://example.com/", "alias": "abc"}' "http://127.0.0.1:$node/api/v1/links"

received=0
load() {
  out=$(wrk -t1 -c16 -d"$2s" --latency -H 'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' "http://127.0.0.1:$node/abc")
  count=$(echo "$out" | awk '/requests in/ {print $1}'); received=$((received + count))
  echo "| $1 | $count | $(echo "$out" | awk '$1 == "50%" {print $2}') | $(echo "$out" | awk '$1 == "99%" {print $2}') |"
}
load "warm-up" 3 > /dev/null; received=$count
echo "| broker | redirects | p50 | p99 |"; echo "|---|---|---|---|"
load there "$seconds"
kill -9 "$nats_pid"; wait "$nats_pid" 2>/dev/null || true
load away "$seconds"
broker
load back "$seconds"
counted() { curl -fs -H "X-Api-Key: $key" "http://127.0.0.1:$worker/api/v1/stats?from=1d" | python3 -c 'import json, sys; print(json.load(sys.stdin)["totals"]["clicks"])'; }
for _ in $(seq 600); do total=$(counted); [ "$total" -ge "$received" ] && break; sleep 0.1; done
sleep 1; echo "$received redirects received, $(counted) clicks counted (wrk drops the answers in flight at its end)."
