#!/bin/sh
# Runs cppcheck over what is shipped (tests run under the sanitizers). What it says across files (ctu…) and of values that
# a call sets behind && (uninitvar) is left to gcc, to clang's analyzer and to the sanitizers: it does not follow that.
set -u
mkdir -p "$1/cppcheck"
find src vendor -name '*.c' | sort | cppcheck --quiet --error-exitcode=1 --inline-suppr -j "$(nproc)" \
	--cppcheck-build-dir="$1/cppcheck" --std=c11 --platform=unix64 --language=c -D_GNU_SOURCE -D__x86_64__ -Isrc -I"$1/gen" \
	--enable=warning,performance,portability --suppress=missingIncludeSystem --suppress=checkersReport \
	--suppress=normalCheckLevelMaxBranches --suppress=ctuuninitvar --suppress=ctunullpointer --suppress=uninitvar \
	--suppressions-list=tests/lint/cppcheck.txt --template='{file}:{line}: {severity}: {message} [{id}]' --file-list=-
