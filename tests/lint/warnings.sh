#!/bin/sh
# All our code and its unit tests compile without a warning, with the flags of what is shipped.
set -u
build=$1/werror
mkdir -p "$build"
# The libraries are used where they are; only our objects are made anew.
find "$build/musl" -name '*.o' -exec rm -f {} + 2>/dev/null
make --no-print-directory -s -k WERROR=1 B="$build" VENDOR="$1/vendor" objects
