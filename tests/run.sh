#!/bin/sh
# Runs tests that are built, and ends with one line that adds them up: "N passed, N failed[, N skipped]". Fails if a
# test fails, a test program dies, or nothing ran.
#
# usage: tests/run.sh BUILD unit|system|bench... [pytest arguments]
set -u
export LC_ALL=C

build=$1
shift
out=$build/test
rm -rf "$out"
mkdir -p "$out"
counts=$out/counts # lines "passed failed skipped"
: >"$counts"

# Each program ends with "# N passed, N failed, N skipped"; without that line, or with a bad end after it, it died.
unit() {
	for flavour in native musl; do
		find "$build/$flavour/tests/unit" -name '*_test.o' 2>/dev/null | sort | while read -r object; do
			source=${object#"$build/$flavour/"}
			source=${source%.o}.c
			[ -f "$source" ] || continue
			program=${object%.o}
			timeout 300 "$program" >"$out/log" 2>&1 </dev/null
			status=$?
			# shellcheck disable=SC2046
			set -- $(tail -n 1 "$out/log" | sed -n 's/^# \([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p')
			if [ $# != 3 ] || { [ "$status" != 0 ] && [ "$2" = 0 ]; }; then
				echo "$flavour $source: ended with status $status; the end of what it said:"
				tail -n 40 "$out/log"
				set -- 0 1 0
			elif [ "$status" != 0 ]; then
				sed "s|^|$flavour |" "$out/log"
			else
				sed -n "s|^skipped |$flavour $source skipped |p" "$out/log"
			fi
			echo "$@" >>"$counts"
		done
	done
}

python() {
	if [ -x /usr/bin/python3 ]; then /usr/bin/python3 "$@"; else python3 "$@"; fi
}

# The virtual environment is made anew when its list changed or when it does not work.
venv() {
	sum=$(sha256sum <tests/requirements.txt)
	if [ "$(cat "$build/venv/made-from" 2>/dev/null)" = "$sum" ] && "$build/venv/bin/python" -c 'import pytest' 2>/dev/null; then
		return 0
	fi
	echo "  VENV  $build/venv"
	rm -rf "$build/venv"
	for attempt in 1 2 3; do
		if python -m venv --clear "$build/venv" >"$out/venv.log" 2>&1 &&
			"$build/venv/bin/python" -m pip install --disable-pip-version-check --no-input --require-hashes \
				-r tests/requirements.txt >>"$out/venv.log" 2>&1; then
			echo "$sum" >"$build/venv/made-from"
			return 0
		fi
		sleep "$attempt"
	done
	tail -n 30 "$out/venv.log"
	echo "tests/run.sh: the virtual environment could not be made (its log is above)"
	return 1
}

system() {
	[ -f tests/requirements.txt ] || return 0
	if ! venv; then
		echo '0 1 0' >>"$counts"
		return
	fi
	HOMUHOMU_BIN=$PWD/$build/homuhomu PYTHONDONTWRITEBYTECODE=1 "$build/venv/bin/python" -m pytest tests/system tests/browser \
		-o cache_dir="$PWD/$build/pytest" --junitxml="$out/system.xml" "$@" </dev/null
	status=$?
	# tests errors failures skipped, from the one <testsuite …>.
	awk -v status=$status '
		function number(name) {return match(suite, " " name "=\"[0-9]+\"") ? substr(suite, RSTART + length(name) + 3) + 0 : 0}
		/<testsuite / {suite = $0; sub(/.*<testsuite /, " ", suite); sub(/>.*/, "", suite); found = 1}
		END {
			bad = number("errors") + number("failures")
			# 5: nothing was collected, as before the first test or where -k names none.
			if (!bad && status != 0 && status != 5) bad = 1
			print number("tests") - number("errors") - number("failures") - number("skipped"), bad, number("skipped")
		}' "$out/system.xml" 2>/dev/null >>"$counts" || echo '0 1 0' >>"$counts"
}

# The measurements: a program of its own that prints and checks.
bench() {
	venv || return 1
	HOMUHOMU_BIN=$PWD/$build/homuhomu PYTHONDONTWRITEBYTECODE=1 "$build/venv/bin/python" -m tests.bench "$@"
}

case $1 in
bench)
	shift
	bench "$@"
	exit
	;;
esac
while [ $# -gt 0 ]; do
	case $1 in
	unit)
		unit
		shift
		;;
	system)
		shift
		system "$@"
		break
		;;
	*)
		echo "tests/run.sh: no tests called '$1'" >&2
		exit 2
		;;
	esac
done
awk '{passed += $1; failed += $2; skipped += $3}
	END {
		printf "%d passed, %d failed%s\n", passed, failed, skipped ? ", " skipped " skipped" : ""
		exit failed || !passed
	}' "$counts"
