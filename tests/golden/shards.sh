#!/bin/sh
# All shards of a race, merged by race time and competitor, are the whole race byte for byte.
# usage: shards.sh PROGRAM COURSES_DIR
set -eu
program=$1
TRACKSIDE_COURSES=$2
export TRACKSIDE_COURSES
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
race="--course crystal --seed 5 --competitors 40 --run-id r --start 2026-01-01T09:00:00Z"
# shellcheck disable=SC2086
"$program" simulate $race --output "$dir/whole"
for i in 1 2 3; do
    # shellcheck disable=SC2086
    "$program" simulate $race --shard $i/3 --output "$dir/part$i"
done
# Field 8 is rawTime, field 6 competitorId; both end in a comma.
cat "$dir/part1" "$dir/part2" "$dir/part3" | sort -s -k8,8n -k6,6n > "$dir/merged"
cmp "$dir/whole" "$dir/merged"
test "$(wc -l < "$dir/whole")" -gt 10000
