#!/bin/sh
# Runs every fuzz target for so many seconds, from the committed corpus (tests/fuzz/corpus/<target>) and from what earlier
# runs found (kept in BUILD/fuzz/corpus). A finding is left in BUILD/fuzz/findings. Ends with "N passed, N failed".
#
# usage: tests/fuzz/run.sh BUILD SECONDS
set -u
build=$1 seconds=$2
case $seconds in
'' | *[!0-9]*)
	echo "tests/fuzz/run.sh: SECONDS is a number of seconds, not '$seconds'" >&2
	exit 2
	;;
esac
passed=0 failed=0
for source in tests/fuzz/*_fuzz.c; do
	[ -f "$source" ] || continue
	name=$(basename "$source" _fuzz.c)
	mkdir -p "$build/fuzz/corpus/$name" "$build/fuzz/findings"
	set -- "$build/fuzz/corpus/$name"
	[ ! -d "tests/fuzz/corpus/$name" ] || set -- "$@" "tests/fuzz/corpus/$name"
	options=
	[ ! -f "tests/fuzz/$name.dict" ] || options="-dict=tests/fuzz/$name.dict"
	# shellcheck disable=SC2086
	if "$build/fuzz/tests/fuzz/${name}_fuzz" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
		$options -artifact_prefix="$build/fuzz/findings/$name-" "$@" >"$build/fuzz/$name.log" 2>&1 </dev/null; then
		passed=$((passed + 1))
		echo "  FUZZ  $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$build/fuzz/$name.log") inputs in $seconds s"
	else
		failed=$((failed + 1))
		tail -n 60 "$build/fuzz/$name.log"
		echo "  FUZZ  $name: failed (the input is in $build/fuzz/findings)"
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
