#!/usr/bin/env bash
# Redirects per second with clicks off and on: on a node that only redirects, and on one that counts as well. Short rounds that take turns, the other servers
# stopped meanwhile (SIGSTOP); medians. Then how fast a worker catches up with what the redirect node recorded, and what it costs.
# usage: bench/clicks.sh [seconds per round, default 3] [rounds, default 9]
# needs: the .NET SDK, wrk, curl, python3. Load and servers share this machine.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-3}; rounds=${2:-9}; connections=${CONNECTIONS:-32}; threads=${THREADS:-1}
. bench/lib.sh

publish
echo /abc > "$work/paths"
names=("redirect node, off" "redirect node, recorded" "whole product, off" "whole product, recorded and counted")
options=("--roles Redirect --set Clicks:Enabled=false" "--roles Redirect" "--set Clicks:Enabled=false" "")
for i in "${!names[@]}"; do
  ports[i]=$(free_port)
  start_terse "${ports[i]}" "$work/data$i" --set "BootstrapKey=$admin_key"
  create_link "${ports[i]}" abc
  stop "$terse_pid"
  # shellcheck disable=SC2086
  start_terse "${ports[i]}" "$work/data$i" ${options[i]}
  servers[i]=$terse_pid
done

agent='Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36'
load() {
  wrk -t"$threads" -c"$connections" -d"$2s" -s bench/paths.lua -H "User-Agent: $agent" -H 'Accept-Language: en-GB,en;q=0.9' -H 'Referer: https://news.example.com/x' \
    "http://127.0.0.1:${ports[$1]}" -- "$work/paths" | grep RESULT
}
for i in "${!names[@]}"; do load "$i" "${WARMUP:-4}" > /dev/null; kill -STOP "${servers[i]}"; done
for round in $(seq "$rounds"); do
  # Forwards and backwards in turn, so that nobody is always first.
  for i in $([ $((round % 2)) = 1 ] && echo 0 1 2 3 || echo 3 2 1 0); do
    kill -CONT "${servers[i]}"
    ticks=$(cpu_ticks "${servers[i]}"); result=$(load "$i" "$seconds")
    echo "${names[i]}|$result|$(($(cpu_ticks "${servers[i]}") - ticks))" >> "$work/results"
    kill -STOP "${servers[i]}"
  done
done

echo "$(nproc) cores, wrk -t$threads -c$connections on the same machine, $rounds rounds of $seconds s, load average: $(cut -d' ' -f1 /proc/loadavg)"
echo
python3 - "$work/results" "$(getconf CLK_TCK)" <<'PY'
import statistics, sys
rows = {}
for line in open(sys.argv[1]):
    name, result, ticks = line.strip().split("|")
    _, rate, count, p50, p99, _, errors = result.split()
    rows.setdefault(name, []).append((float(rate), float(p50), float(p99), int(ticks) / int(sys.argv[2]) * 1e6 / int(count), int(errors)))
print("| clicks | redirects/s | p50 ms | p99 ms | CPU µs a redirect (least) | errors |")
print("|---|---|---|---|---|---|")
for name, rounds in rows.items():
    rate, p50, p99, cpu, errors = zip(*rounds)
    middle = statistics.median
    print(f"| {name} | {middle(rate):,.0f} | {middle(p50):.2f} | {middle(p99):.1f} | {middle(cpu):.1f} ({min(cpu):.1f}) | {sum(errors)} |")
names = list(rows)
for off, on in ((0, 1), (2, 3)):
    pairs = zip(rows[names[off]], rows[names[on]])
    print(f"\n{names[on]}: {statistics.median(b[0] / a[0] for a, b in pairs):.1%} of the rate of \"{names[off]}\", median of the rounds' quotients.")
PY

# A worker catches up with what the redirect node recorded and nobody counted.
kill -CONT "${servers[1]}"; stop "${servers[1]}"
start_terse "${ports[1]}" "$work/data1" --roles Clicks,Api
from=$(clicks_counted "${ports[1]}"); ticks=$(cpu_ticks "$terse_pid"); began=$(date +%s.%N)
sleep "$seconds"
to=$(clicks_counted "${ports[1]}"); ticks=$(($(cpu_ticks "$terse_pid") - ticks)); ended=$(date +%s.%N)
awk -v n=$((to - from)) -v c="$ticks" -v hz="$(getconf CLK_TCK)" -v a="$began" -v b="$ended" \
  'BEGIN { printf "\nCatching up: %d clicks in %.1f s, %.2f s of processor: %d clicks/s, %d clicks/s a core.\n", n, b - a, c / hz, n / (b - a), c ? n * hz / c : 0 }'
