#!/usr/bin/env bash
# The planner's prediction against the measured truth of this machine: bytes per link, redirects of a core, hit rate of L1. Aim: within 20 %.
# The planner predicts from its own short calibration (terse plan --measure); the truth is seeded stores and servers under wrk.
# usage: bench/predict.sh [links ..., default 1000000 10000000]
# needs: the .NET SDK, wrk, curl, python3. ROUNDS=5. With KEEP=DIR the seeded links stay there, and the next run need not seed them again.
set -euo pipefail
cd "$(dirname "$0")/.."
sizes=("${@:-}"); [ -n "${sizes[0]}" ] || sizes=(1000000 10000000)
seconds=4; connections=64; threads=1; rounds=${ROUNDS:-5}
. bench/lib.sh
publish
"$work/terse/terse" plan --preset personal --measure --save-constants "$work/constants" > /dev/null
constant() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]]["value"])' "$work/constants" "$1"; }
row() { awk -v what="$1" -v predicted="$2" -v measured="$3" -v unit="$4" 'BEGIN { printf "| %s | %.1f%s | %.1f%s | %+.1f %% |\n", what, predicted, unit, measured, unit, 100 * (predicted / measured - 1) }'; }

echo "| what | predicted | measured | prediction off by |"
echo "|---|---|---|---|"

# 1. Bytes of a link
for links in "${sizes[@]}"; do
  seed_links "$links"
  row "bytes of a link, $links links" "$(constant bytesPerLink)" "$(awk -v bytes="$(cat "$seed/bytes")" -v links="$links" 'BEGIN { print bytes / links }')" ""
done

# 2. Redirects of a core: a redirect node, and one process with everything. The median of rounds that take turns.
links=${sizes[0]}; seed_links "$links"
"$bench" trace --codes "$seed/codes" --links "$links" --count 6000000 > "$work/zipf"
head -n 500000 "$work/zipf" > "$work/short"
port=$(free_port); start_terse "$port" "$seed/data" --roles Redirect --set Metrics:Public=true --set Redirects:L1Ttl=01:00:00 --set Redirects:L1Megabytes=61; node=$terse_pid; node_port=$port
cp -r "$seed/data" "$work/all"; port=$(free_port); start_terse "$port" "$work/all"; all=$terse_pid; all_port=$port
WARMUP=8
for round in $(seq "$rounds"); do
  measure node zipf "$node" "$node_port" "$work/short"; measure all zipf "$all" "$all_port" "$work/short"; WARMUP=1
done
a_core() { grep "^$1|" "$work/results" | awk -F'|' -v hz="$(getconf CLK_TCK)" '{ split($3, r, " "); print r[3] / ($4 / hz) }' | sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }
row "redirects/s of a core, redirect node, clicks recorded" "$(awk -v cpu="$(constant redirectCpuMicroseconds)" 'BEGIN { print 1e6 / cpu }')" "$(a_core node)" ""
row "redirects/s of a core, one process with everything, clicks counted" \
  "$(awk -v cpu="$(constant redirectCpuMicroseconds)" -v click="$(constant clickCpuMicroseconds)" 'BEGIN { print 1e6 / (cpu + click) }')" "$(a_core all)" ""
stop "$all"

# 3. Hit rate of L1 with room for some 15 % of the links
wrk -t1 -c64 -d"${FILL:-60}s" -s bench/paths.lua "http://127.0.0.1:$node_port" -- "$work/zipf" > /dev/null
misses=$(counter "$node_port" terse_l1_misses); redirects=$(counter "$node_port" 'terse_redirects.*outcome="redirected"')
tail -n 3000000 "$work/zipf" > "$work/other"
wrk -t1 -c64 -d15s -s bench/paths.lua "http://127.0.0.1:$node_port" -- "$work/other" > /dev/null
misses=$(( $(counter "$node_port" terse_l1_misses) - misses )); redirects=$(( $(counter "$node_port" 'terse_redirects.*outcome="redirected"') - redirects ))
predicted=$("$work/terse/terse" plan --new-links "$links" --active-for 1d --reads-per-write 100 --skew 1 --memory 256MB --constants "$work/constants" --json | python3 -c 'import json, sys; print(100 * json.load(sys.stdin)["cache"]["l1HitRateByRoom"])')
row "hit rate of L1, 61 MB, $links links, Zipf 1.0" "$predicted" "$(awk -v m="$misses" -v r="$redirects" 'BEGIN { print 100 * (1 - m / r) }')" " %"
