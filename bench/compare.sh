#!/usr/bin/env bash
# Compares redirects per second, latency, CPU and memory of Terse, a bare Kestrel middleware and nginx, under the same wrk load.
# usage: bench/compare.sh [seconds per run, default 10] [links, default 1000000]
# needs: the .NET SDK, wrk; nginx is left out when it is not installed. Everything is kept in a temporary directory on loopback ports.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-10}; links=${2:-1000000}; connections=${CONNECTIONS:-64}; threads=${THREADS:-1}
. bench/lib.sh

echo "Building and seeding $links links ..." >&2
publish
"$bench" seed --data "$work/data" --links "$links" --codes "$work/codes" >&2
"$bench" trace --codes "$work/codes" --links "$links" > "$work/zipf"
"$bench" trace --codes "$work/codes" --links 100000 > "$work/zipf100k"
head -1 "$work/codes" | sed 's|^|/|' > "$work/hot"

if command -v nginx >/dev/null; then
  port=$(free_port); mkdir -p "$work/nginx"
  "$bench" trace --codes "$work/codes" --links 100000 --nginx-map > "$work/nginx/all"
  awk '!seen[tolower($1)]++' "$work/nginx/all" > "$work/nginx/map" # an nginx map ignores case: codes that differ by case alone share an entry
  cat > "$work/nginx/conf" <<CONF
daemon off; pid $work/nginx/pid; error_log $work/nginx/errors; worker_processes auto;
events { worker_connections 4096; }
http {
  access_log off; server_tokens off; keepalive_requests 100000000; tcp_nodelay on;
  client_body_temp_path $work/nginx/body; proxy_temp_path $work/nginx/proxy; fastcgi_temp_path $work/nginx/fastcgi;
  uwsgi_temp_path $work/nginx/uwsgi; scgi_temp_path $work/nginx/scgi;
  map_hash_max_size 262144; map_hash_bucket_size 512;
  map \$uri \$destination { include $work/nginx/map; }
  server {
    listen 127.0.0.1:$port;
    location / {
      if (\$destination = "") { return 404; }
      add_header Cache-Control no-store; add_header X-Robots-Tag noindex;
      return 302 \$destination;
    }
  }
}
CONF
  nginx -c "$work/nginx/conf" -p "$work/nginx" -e "$work/nginx/errors" & nginx_pid=$!; pids+=("$nginx_pid"); until_up "$port" /
  measure "nginx, map of 100,000" "Zipf 1.0" "$nginx_pid" "$port" "$work/zipf100k"
  measure "nginx, map of 100,000" "one hot key" "$nginx_pid" "$port" "$work/hot"
  stop "$nginx_pid"
fi

port=$(free_port)
BENCH_INLINE=${INLINE:-} "$bench" bare --port "$port" & bare_pid=$!; pids+=("$bare_pid"); until_up "$port" /
measure "bare Kestrel, constant 302" "Zipf 1.0" "$bare_pid" "$port" "$work/zipf"
measure "bare Kestrel, constant 302" "one hot key" "$bare_pid" "$port" "$work/hot"
stop "$bare_pid"

port=$(free_port)
start_terse "$port" "$work/data"
measure "Terse, $links links" "Zipf 1.0" "$terse_pid" "$port" "$work/zipf"
measure "Terse, $links links" "one hot key" "$terse_pid" "$port" "$work/hot"
saturation=$(awk -F'[| ]' '/^Terse.*Zipf/ { for (i = 1; i <= NF; i++) if ($i == "RESULT") print $(i + 1) }' "$work/results")
open_loop=$("$bench" open-loop --port "$port" --rate $((saturation / 2)) --seconds "${OPEN_LOOP_SECONDS:-$seconds}" --paths "$work/zipf")

echo
echo "$(nproc) cores, wrk -t$threads -c$connections on the same machine, ${seconds} s a run, load average before: $(cut -d' ' -f1 /proc/loadavg)"
echo
awk -F'|' -v hz="$(getconf CLK_TCK)" '
  BEGIN { print "| server | load | redirects/s | of bare Kestrel | of nginx | p50 ms | p99 ms | p99.9 ms | server CPU µs | memory MB | errors |"; print "|---|---|---|---|---|---|---|---|---|---|---|" }
  { split($3, r, " "); rate[$1, $2] = r[2]; row[NR] = $1 "|" $2; p[NR] = r[4] " | " r[5] " | " r[6]; cpu[NR] = $4 / hz * 1e6 / r[3]; mem[NR] = $5; err[NR] = r[7]; name[NR] = $1; load[NR] = $2; of[NR] = r[2]
    if ($1 ~ /^bare/) bare[$2] = r[2]; if ($1 ~ /^nginx/) nginx[$2] = r[2] }
  END { for (i = 1; i <= NR; i++) printf "| %s | %s | %d | %.2f | %s | %s | %.2f | %d | %d |\n", name[i], load[i], of[i], of[i] / bare[load[i]], (load[i] in nginx) ? sprintf("%.2f", of[i] / nginx[load[i]]) : "-", p[i], cpu[i], mem[i], err[i] }
' "$work/results"
echo
echo "Open loop at half of Terse's saturation, latency from the intended send time:"
echo "$open_loop"
