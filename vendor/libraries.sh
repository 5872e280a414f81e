#!/bin/sh
# Writes build/gen/libraries.h: what the program is made of, for `homuhomu version`.
#
# usage: vendor/libraries.sh VERSIONS    (the file that vendor/fetch.sh leaves)
set -eu
export LC_ALL=C

echo '/* LIBRARIES(ROW) expands ROW(name, version, pinned) for each library and for the data built in; pinned is false'
echo ' * where the archive no longer had the pinned version and its current one was taken. */'
printf '#define LIBRARIES(ROW) %s\n' \\
while read -r library version state; do
	case $state in pinned) pinned=true ;; *) pinned=false ;; esac
	printf '\tROW("%s", "%s", %s) \\\n' "$library" "$version" "$pinned"
done <"$1"
# Data of the machine's own packages: no pin, but the version is told.
for package in ca-certificates tzdata; do
	printf '\tROW("%s", "%s", true) \\\n' "$package" "$(dpkg-query -W -f '${Version}' "$package")"
done
echo
