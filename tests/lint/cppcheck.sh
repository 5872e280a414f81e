#!/bin/sh
# Runs cppcheck over all of our C. What it says across files (ctu…) is left to the sanitizers and to clang's analyzer: it
# does not follow && there.
set -u
mkdir -p "$1/cppcheck"
find src tests/unit tests/fuzz vendor -name '*.c' 2>/dev/null | sort | cppcheck --quiet --error-exitcode=1 --inline-suppr \
	-j "$(nproc)" --cppcheck-build-dir="$1/cppcheck" --std=c11 --platform=unix64 --language=c -D_GNU_SOURCE -D__x86_64__ \
	-Isrc -Itests/unit --enable=warning,performance,portability --suppress=missingIncludeSystem --suppress=checkersReport \
	--suppress=ctuuninitvar --suppress=ctunullpointer --suppressions-list=tests/lint/cppcheck.txt --template='{file}:{line}: {severity}: {message} [{id}]' \
	--file-list=-
