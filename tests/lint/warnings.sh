#!/bin/sh
# All our code and its unit tests compile without a warning, with the flags of what is shipped. The libraries are used
# where they are; our objects are made anew.
set -u
build=$1/werror
mkdir -p "$build"
find "$build/musl" -name '*.o' -exec rm -f {} + 2>/dev/null
env -u MAKEFLAGS -u MAKELEVEL make -k WERROR=1 B="$build" VENDOR="$1/vendor" objects >"$build/log" 2>&1 && exit
grep -v '^  [A-Z]' "$build/log"
exit 1
