#!/bin/sh
# What `trackside simulate` says to wrong options, to full disks and to readers that go.
# usage: options.sh PROGRAM COURSES_DIR
set -u
program=$1
TRACKSIDE_COURSES=$2
export TRACKSIDE_COURSES
here=$(dirname "$0")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

# expect CODE PATTERN OPTION...: the exit code, and what stderr has to hold; stdout has to be empty.
expect() {
    code=$1
    pattern=$2
    shift 2
    "$program" simulate "$@" > "$dir/out" 2> "$dir/err"
    got=$?
    if [ $got -ne "$code" ] || ! grep -q -e "$pattern" "$dir/err" || [ -s "$dir/out" ]; then
        echo "simulate $*: exit code $got (expected $code), stderr: $(cat "$dir/err")" >&2
        failed=1
    fi
}

expect 2 'course is missing'
expect 2 'no option --colour' --course crystal --colour red
expect 2 'needs a value' --course
expect 2 'belongs to no option' --course crystal more
expect 1 'no built-in course "nowhere"; there are .*crystal' --course nowhere
expect 1 'cannot be read' --course ./nowhere.kml
expect 2 '--competitors takes a whole number from 1' --course crystal --competitors 0
expect 2 'competitors' --course crystal --competitors -5
expect 2 'competitors' --course crystal --competitors 5.5
expect 2 'competitors' --course crystal --competitors 1000000000000
expect 2 'competitors' --course crystal --competitors ten
expect 2 'smaller number' --course crystal --fastest 400 --slowest 300
expect 2 'stop-ratio' --course crystal --stop-ratio 1.5
expect 2 'stop-ratio' --course crystal --stop-ratio nan
expect 2 'longer than maxPause' --course crystal --min-pause 61
expect 2 'seed' --course crystal --seed 9007199254740992
expect 2 'start' --course crystal --start tomorrow
expect 2 'run-id' --course crystal --run-id 'a b'
expect 2 'speed' --course crystal --speed 0.01
expect 2 'shard' --course crystal --shard 3/2
expect 2 'shard' --course crystal --shard 0/2
expect 2 'shard' --course crystal --shard 1
expect 1 'cannot be written' --course crystal --output "$dir/no/such"
expect 1 'No space left' --course crystal --run-id r --seed 1 --output /dev/full
printf 'no course' > "$dir/binary.kml"
expect 2 'binary.kml' --course "$dir/binary.kml"


# A course file takes the options of course import. What import noticed is told, and what it needs to know.
file() {
    printf '%s' "$2" > "$dir/$1"
}
file two.csv 'shortName,map
a,"LINESTRING (0 51, 0.01 51)"
b,"LINESTRING (0 51, 0.02 51)"'
expect 2 'Choose one with shortName: a, b' --course "$dir/two.csv"
expect 2 'built-in course' --course crystal --laps 2
expect 2 '--laps takes a whole number from 1' --course "$dir/two.csv" --short-name b --laps 0
expect 2 '--distance takes' --course "$dir/two.csv" --short-name b --distance none
expect 2 'letters a-z' --course "$dir/two.csv" --short-name B_

# tells PATTERN LENGTH OPTION...: what stderr has to hold, and where the race ends.
tells() {
    pattern=$1
    length=$2
    shift 2
    "$program" simulate --competitors 1 --run-id r --seed 1 --start 2026-01-01T09:00:00Z "$@" > "$dir/out" 2> "$dir/err"
    if ! grep -q -e "$pattern" "$dir/err" || ! tail -n 1 "$dir/out" | grep -q "\"distance\": $length"; then
        echo "simulate $*: stderr: $(cat "$dir/err"); last event: $(tail -n 1 "$dir/out")" >&2
        failed=1
    fi
}
tells '^b: two, 1404.0 m' 1403.954 --course "$dir/two.csv" --short-name b
tells '^b: b, 1404.0 m' 1403.954 --course - --short-name b < "$dir/two.csv"
file loop.geojson '{"type": "LineString", "coordinates": [[0, 51], [0.01, 51], [0.01, 51.01], [0, 51]]}'
tells '^round: Round, 6259.7 m' 6259.727 --course "$dir/loop.geojson" --laps 2 --short-name round --long-name Round
tells 'info: The line is run in the other direction' 3129.864 --course "$dir/loop.geojson" --reverse
tells 'declared as 3,000 m' 3129.864 --course "$dir/loop.geojson" --distance 3000
tells '^hill: Hill, 6826.6 m, 317 m up, 317 m down' 6826.639 --course "$here/hill.gpx" --hills
file park.geojson '{"type": "Feature", "properties": {"name": "Bushy parkrun"}, "geometry": {"type": "LineString", "coordinates": [[0, 51], [0.01068, 51], [0.01068, 51.0063], [0, 51]]}}'
expect 2 'Give --laps 2' --course "$dir/park.geojson"
tells '^bushy-parkrun: ' 49 --course "$dir/park.geojson" --laps 2
tells '^a: two, 702.0 m' 701.977 --course "$dir/two.csv" --short-name a --line 1

# The courses are inside the program: a copy of it in an empty directory has them.
mkdir -p "$dir/alone"
cp "$program" "$dir/alone/trackside"
(unset TRACKSIDE_COURSES; cd "$dir/alone" && ./trackside simulate --course crystal --competitors 1 --run-id r --seed 1 --start 2026-01-01T09:00:00Z) \
    | head -n 1 | grep -q '"course": "crystal"' || { echo "no courses inside the program" >&2; failed=1; }

# A wrong call does not empty the file that is there.
echo precious > "$dir/kept"
expect 2 'smaller number' --course crystal --fastest 400 --slowest 300 --output "$dir/kept"
grep -q precious "$dir/kept" || { echo "the output file was emptied" >&2; failed=1; }

"$program" simulate --help | grep -q 'usage: trackside simulate' || { echo "no help" >&2; failed=1; }

# A reader that goes is no error worth a sentence.
("$program" simulate --course crystal --run-id r --seed 1 --start 2026-01-01T09:00:00Z; echo $? > "$dir/code") 2> "$dir/err" | head -n 1 > "$dir/out"
[ -s "$dir/err" ] && { echo "a reader that went: $(cat "$dir/err")" >&2; failed=1; }
[ "$(cat "$dir/code")" = 141 ] || { echo "a reader that went: exit code $(cat "$dir/code")" >&2; failed=1; }

# Run id, seed and start that were left out are told, and make the same race again.
"$program" simulate --course crystal --competitors 2 > "$dir/first" 2> "$dir/err"
# shellcheck disable=SC2046
"$program" simulate --course crystal --competitors 2 $(sed 's/^trackside: //' "$dir/err") > "$dir/second"
cmp "$dir/first" "$dir/second" || failed=1

# In real time the first second comes at once, and being told to stop ends it behind a whole line.
: > "$dir/live"
"$program" simulate --course crystal --competitors 3 --speed 1 --run-id r --seed 1 --start 2026-01-01T09:00:00Z > "$dir/live" &
pid=$!
while [ "$(wc -l < "$dir/live")" -lt 6 ] && kill -0 $pid; do sleep 0.1; done
kill -TERM $pid
wait $pid
[ "$(tail -c 2 "$dir/live")" = "}" ] || { echo "the last line is cut" >&2; failed=1; }
[ "$(wc -l < "$dir/live")" -lt 100 ] || { echo "real time is too fast" >&2; failed=1; }
exit $failed
