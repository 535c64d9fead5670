#!/bin/sh
# The bytes of simulated races, against the sums in simulate.txt: the same on every machine, compiler and build.
# usage: check.sh PROGRAM COURSES_DIR [print]    (print: write the lines anew, for a change that is wanted)
set -eu
program=$1
TRACKSIDE_COURSES=$2
export TRACKSIDE_COURSES
here=$(cd "$(dirname "$0")" && pwd)
fixed="--run-id 637648ff-46fa-464b-9d80-acb647e7aa41 --start 2026-01-01T09:00:00Z"
cd "$here" # where hill.gpx is
failed=0
while read -r sum options; do
    case $sum in '#'* | '') [ "${3-}" = print ] && printf '%s\n' "$sum${options:+ $options}"; continue ;; esac
    # The options are words on purpose.
    # shellcheck disable=SC2086
    got=$("$program" simulate $fixed $options | sha256sum | cut -d ' ' -f 1)
    if [ "${3-}" = print ]; then
        printf '%s %s\n' "$got" "$options"
    elif [ "$got" != "$sum" ]; then
        echo "simulate $options: sha256 $got, expected $sum" >&2
        failed=1
    fi
done < "$here/simulate.txt"
exit $failed
