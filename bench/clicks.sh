#!/usr/bin/env bash
# Redirects per second with clicks off, recorded, and recorded and counted on the same two cores: short rounds in turn, so that a busy machine is busy for all.
# Then how fast the worker catches up, and what it costs. Usage: bench/clicks.sh [seconds per round] [rounds]
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-3} rounds=${2:-5}
terse=artifacts/bin/Terse/release/terse.dll
[ -e "$terse" ] || { echo "Build first: ./build.sh build"; exit 1; }
key=terse_AAAAAAAAAA_0123456789abcdefghijklmnopqrstuv
work=$(mktemp -d); pids=()
trap 'for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$work"' EXIT
port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
up() { for _ in $(seq 300); do curl -fs -o /dev/null "http://127.0.0.1:$1/health/live" && return; sleep 0.1; done; echo "No answer on $1"; exit 1; }

names=(off recorded counted)
settings=("--set Clicks:Enabled=false" "--set Roles=Redirect" "")
for i in 0 1 2; do
  ports[i]=$(port)
  dotnet "$terse" --data "$work/$i" --urls "http://127.0.0.1:${ports[i]}" --set BootstrapKey=$key > "$work/$i.log" 2>&1 & first=$!
  up "${ports[i]}"
  curl -fs -o /dev/null -H "X-Api-Key: $key" -H 'Content-Type: application/json' -d '{"url": "https://example.com/", "alias": "abc"}' "http://127.0.0.1:${ports[i]}/api/v1/links"
  kill $first; wait $first || true
  # shellcheck disable=SC2086
  dotnet "$terse" --data "$work/$i" --urls "http://127.0.0.1:${ports[i]}" ${settings[i]} > "$work/$i.log" 2>&1 & pids[i]=$!
  up "${ports[i]}"
done

agent='Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36'
load() { wrk -t1 -c32 -d"$2" --latency -H "User-Agent: $agent" -H 'Accept-Language: en-GB,en;q=0.9' -H 'Referer: https://news.example.com/x' "http://127.0.0.1:${ports[$1]}/abc"; }
for i in 0 1 2; do load $i 2s > /dev/null; done
cpu() { awk '{print $14 + $15}' "/proc/${pids[$1]}/stat"; }
echo "| round | off /s | recorded /s | recorded and counted /s | p99 off | recorded | counted | µs of processor each: off | recorded | counted |"
echo "|---|---|---|---|---|---|---|---|---|---|"
for round in $(seq "$rounds"); do
  for i in 0 1 2; do
    before=$(cpu $i)
    out=$(load $i "${seconds}s")
    ticks=$(($(cpu $i) - before)); requests=$(echo "$out" | awk '/requests in/ {print $1}')
    each[i]=$(awk "BEGIN {printf \"%.1f\", $ticks * 10000 / $requests}"); allticks[i]=$((${allticks[i]:-0} + ticks)); all[i]=$((${all[i]:-0} + requests))
    rate[i]=$(echo "$out" | awk '/Requests\/sec/ {printf "%d", $2}'); p99[i]=$(echo "$out" | awk '$1 == "99%" {print $2}')
    sum[i]=$((${sum[i]:-0} + rate[i]))
  done
  echo "| $round | ${rate[0]} | ${rate[1]} | ${rate[2]} | ${p99[0]} | ${p99[1]} | ${p99[2]} | ${each[0]} | ${each[1]} | ${each[2]} |"
done
awk -v a="${sum[0]}" -v b="${sum[1]}" -v c="${sum[2]}" 'BEGIN {printf "Of the rate without clicks: recorded %.1f %%, recorded and counted %.1f %%.\n", 100 * b / a, 100 * c / a}'
for i in 0 1 2; do awk -v n="${names[i]}" -v t="${allticks[i]}" -v r="${all[i]}" 'BEGIN {printf "%s: %.2f µs of processor per redirect over %d redirects.\n", n, t * 10000 / r, r}'; done

# The worker of the third server catches up alone.
counted() { curl -fs -H "X-Api-Key: $key" "http://127.0.0.1:${ports[2]}/api/v1/stats?from=1d" | python3 -c 'import json, sys; print(json.load(sys.stdin)["totals"]["clicks"])'; }
from=$(counted); cpu_from=$(cpu 2); time_from=$(date +%s.%N)
for _ in $(seq 5); do sleep 1; done
to=$(counted); cpu_to=$(cpu 2); time_to=$(date +%s.%N)
awk -v n=$((to - from)) -v c=$((cpu_to - cpu_from)) -v t="$(awk "BEGIN {print $time_to - $time_from}")" \
  'BEGIN {printf "Catching up: %d clicks in %.1f s, %.2f s of processor: %d clicks/s, %d clicks/s per core.\n", n, t, c / 100, n / t, c ? n * 100 / c : 0}'
du -sb "$work"/1/clicks "$work"/2/clicks.duckdb | sed "s|$work/||"
