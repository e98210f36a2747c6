#!/usr/bin/env bash
# Redirect latency at a steady rate (open loop) while the broker of clicks is there, killed with -9 and away, and back again; then whether every click came to be counted.
# usage: bench/broker-away.sh [seconds of each, default 60] [redirects per second, default 1000]
# needs: the .NET SDK, nats-server, curl, python3. Load and servers share this machine.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}; rate=${2:-1000}
. bench/lib.sh

publish
echo /abc > "$work/paths"
nats=${TERSE_TEST_NATS_SERVER:-$(command -v nats-server || echo /usr/sbin/nats-server)}
nats_port=$(free_port)
broker() { "$nats" --addr 127.0.0.1 --port "$nats_port" --jetstream --store_dir "$work/nats" > "$work/nats.log" 2>&1 & broker_pid=$!; pids+=("$broker_pid"); }
broker
queue=(--set Stores:Queue=Nats --set "Nats:Url=nats://127.0.0.1:$nats_port" --set "BootstrapKey=$admin_key")
node=$(free_port); start_terse "$node" "$work/node" --roles Redirect,Api "${queue[@]}"
worker=$(free_port); start_terse "$worker" "$work/worker" --roles Clicks,Api "${queue[@]}"
create_link "$node" abc

received=0
load() {
  local line; line=$("$bench" open-loop --port "$node" --rate "$rate" --seconds "$2" --connections 16 --paths "$work/paths")
  received=$((received + $(sed -n 's/.*answered \([0-9]*\) of.*/\1/p' <<< "$line")))
  [ -z "$1" ] || echo "| $1 ${line#| }" | sed "s/| $1 /| $1 | /"
}
load "" 5
echo "$(nproc) cores, $rate redirects/s for $seconds s each, load average: $(cut -d' ' -f1 /proc/loadavg)"; echo
echo "| broker | load | answered | p50 | p99 | p99.9 | longest |"; echo "|---|---|---|---|---|---|---|"
load there "$seconds"
kill -9 "$broker_pid"; wait "$broker_pid" 2>/dev/null || true
load away "$seconds"
broker
load back "$seconds"
for _ in $(seq 600); do [ "$(clicks_counted "$worker")" -ge "$received" ] && break; sleep 0.1; done
sleep 1; echo; echo "$received redirects received, $(clicks_counted "$worker") clicks counted."
