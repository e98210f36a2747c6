#!/usr/bin/env bash
# How many clicks go through the NATS queue, and what each costs: shipped, taken off, and counted in PostgreSQL, with 1, 2 and 8 partitions.
# usage: bench/queue.sh [--partitions N ...] [--nodes N] [--clicks N] [--counted N]
# needs: the .NET SDK, nats-server, PostgreSQL.
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet build bench/Terse.Benchmarks -c Release -v q
exec artifacts/bin/Terse.Benchmarks/release/terse-bench queue "$@"
