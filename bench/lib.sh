# What the benchmark scripts share: sourced, after "seconds", "connections" and "threads" are set. Everything lives in $work, on loopback ports.
work=$(mktemp -d /tmp/terse-bench.XXXXXX); pids=()
trap 'for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; kill -CONT "$pid" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$work"' EXIT
bench="$work/bench/terse-bench"
admin_key=terse_AAAAAAAAAA_0123456789abcdefghijklmnopqrstuv # of servers that live as long as the script

free_port() { python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
until_up() { for _ in $(seq 200); do curl -s -o /dev/null "http://127.0.0.1:$1$2" && return; sleep 0.05; done; echo "port $1 does not answer" >&2; exit 1; }
family() { echo "$1"; cat "/proc/$1/task/"*/children 2>/dev/null | tr ' ' '\n'; }
cpu_ticks() { for pid in $(family "$1"); do cat "/proc/$pid/stat"; done | awk '{ ticks += $14 + $15 } END { print ticks }'; }
# Proportional set size: a page that several workers or mappings share counts once (SQLite maps its file once for each connection).
memory_mb() { for pid in $(family "$1"); do grep ^Pss: "/proc/$pid/smaps_rollup"; done | awk '{ kb += $2 } END { printf "%.0f", kb / 1024 }'; }

# Builds both programs; PUBLISHED=DIRECTORY takes those that lie there.
publish() {
  if [ -n "${PUBLISHED:-}" ]; then ln -s "$PUBLISHED/terse" "$PUBLISHED/bench" "$work"; return; fi
  dotnet publish -v q -c Release src/Terse -o "$work/terse" >/dev/null
  dotnet publish -v q -c Release bench/Terse.Benchmarks -o "$work/bench" >/dev/null
}

# port, data, options: starts Terse, and leaves its process id in $terse_pid
start_terse() {
  "$work/terse/terse" serve --data "$2" --urls "http://127.0.0.1:$1" "${@:3}" >"$work/terse.log" & terse_pid=$!; pids+=("$terse_pid"); until_up "$1" /health/live
}

# pid: ends a server and waits until it is gone
stop() { kill "$1"; wait "$1" 2>/dev/null || true; }

# name, load, pid, port, paths
measure() {
  local url="http://127.0.0.1:$4" ticks result
  wrk -t"$threads" -c"$connections" -d"${WARMUP:-10}s" -s bench/paths.lua "$url" -- "$5" >/dev/null
  ticks=$(cpu_ticks "$3")
  result=$(wrk -t"$threads" -c"$connections" -d"${seconds}s" -s bench/paths.lua "$url" -- "$5" | grep RESULT)
  ticks=$(($(cpu_ticks "$3") - ticks))
  echo "$1|$2|$result|$ticks|$(memory_mb "$3")" >> "$work/results"
}

# port, name: the sum of a counter at /metrics
counter() { curl -s "http://127.0.0.1:$1/metrics" | awk -v name="^$2" '$0 ~ name { sum += $2 } END { printf "%d", sum }'; }

# links: seeds so many, or takes what KEEP has; leaves the place in $seed: data, codes, bytes, seconds
seed_links() {
  local started=$SECONDS
  seed="${KEEP:-$work}/$1"
  [ -e "$seed/seconds" ] && return
  rm -rf "$seed"; mkdir -p "$seed"
  "$bench" seed --data "$seed/data" --links "$1" --codes "$seed/codes" >&2
  du -sb "$seed/data" | cut -f1 > "$seed/bytes"; echo $((SECONDS - started)) > "$seed/seconds"
}

# port, alias: makes a link, on a server whose bootstrap key is $admin_key
create_link() {
  curl -fs -o /dev/null -H "X-Api-Key: $admin_key" -H 'Content-Type: application/json' -d "{\"url\": \"https://example.com/\", \"alias\": \"$2\"}" "http://127.0.0.1:$1/api/v1/links"
}

# port: the clicks of today that are counted
clicks_counted() { curl -fs -H "X-Api-Key: $admin_key" "http://127.0.0.1:$1/api/v1/stats?from=1d" | python3 -c 'import json, sys; print(json.load(sys.stdin)["totals"]["clicks"])'; }
