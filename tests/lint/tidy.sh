#!/bin/sh
# Runs clang-tidy with .clang-tidy over all of our C. One file a run: the analyzer of clang 14 forgets what va_start is
# from the second file on.
#
# usage: tests/lint/tidy.sh BUILD [FILE]
set -u
build=$1
if [ $# = 1 ]; then
	find src tests/unit tests/fuzz vendor -name '*.c' 2>/dev/null | sort | xargs -r -n 1 -P "$(nproc)" "$0" "$build"
	exit
fi
# The analyzer sees one file at a time: what base/err.h promises of its functions it is told here.
promise='#include "base/err.h"
#define err_set(...) (err_set(__VA_ARGS__), false)
#define err_wrap(...) (err_wrap(__VA_ARGS__), false)'
case $2 in src/base/err.c | vendor/*) promise= ;; esac
# Tests go on after a failed CHECK, which the analyzer takes for a wrong path; they run under the sanitizers instead.
checks=
case $2 in tests/*) checks='-clang-analyzer-*,-readability-inconsistent-declaration-parameter-name' ;; esac
# Stands in for a file of curl's, with its headers and the names of its parameters.
curl=
case $2 in
vendor/curl_*)
	curl="-DHAVE_CONFIG_H -DBUILDING_LIBCURL -isystem $build/vendor/src/curl/lib -isystem $build/vendor/src/curl/include
		-isystem $build/vendor/obj/native/curl/lib"
	checks='-readability-inconsistent-declaration-parameter-name'
	;;
esac
header=$(mktemp)
trap 'rm -f "$header"' EXIT
printf '%s\n' "$promise" >"$header"
# shellcheck disable=SC2086 # words of their own
found=$(clang-tidy --quiet --checks="$checks" "$2" -- -std=c11 -D_GNU_SOURCE -include "$header" -Isrc -Itests/unit -isystem "$build/gen" \
	-isystem "$build/vendor/native/include" $curl 2>/dev/null) || {
	printf '%s\n' "$found" | sed "s|^$PWD/||"
	exit 1
}
