#!/bin/sh
# Sees to it that the Debian packages of the named groups are installed: installs what is missing where it may (root, or
# sudo without a password), else prints the one line to run. This is the only list of packages.
#
# usage: vendor/deps.sh GROUP...    groups: build test check fuzz image bench
set -eu

packages() {
	case $1 in
	build) echo gcc libc6-dev make binutils tcl xz-utils python3 ca-certificates tzdata ;;
	test) echo python3 python3-venv file git chromium fonts-noto-cjk fonts-noto-color-emoji nodejs npm ;;
	check) echo clang-tidy cppcheck shellcheck python3 ;;
	fuzz) echo clang libclang-rt-dev ;;
	image) echo podman buildah runc ;;
	bench) echo python3 python3-venv nodejs npm ;;
	*) echo "vendor/deps.sh: no group '$1'" >&2 && exit 2 ;;
	esac
}

wanted=$(for group in "$@"; do packages "$group"; done)
if ! command -v dpkg-query >/dev/null; then
	echo "homuhomu is built on Debian or a relative of it: the sources of its libraries come from there (no dpkg-query here)." >&2
	exit 1
fi
# A package may be provided by another of the same purpose (nodejs of another vendor holds npm).
missing=
for package in $wanted; do
	dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed && continue
	[ "$package" = npm ] && command -v npm >/dev/null && continue
	missing="$missing $package"
done
[ -n "$missing" ] || exit 0

install="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" = 0 ]; then
	as=
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
	as='sudo -n'
else
	echo "Packages are missing. Run this once, then the same make again:" >&2
	echo "    sudo $install" >&2
	exit 1
fi
# One at a time: make may ask for several groups at once.
exec 9<"$0"
flock 9
echo "  APT  $missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for attempt in 1 2 3; do
	# RUNLEVEL: nothing that is installed may start a service.
	# shellcheck disable=SC2086
	if $as env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 $install >"$log" 2>&1 </dev/null; then
		exit 0
	fi
	$as apt-get -q update >>"$log" 2>&1 || sleep "$attempt"
done
tail -n 30 "$log" >&2
echo "vendor/deps.sh: '$install' failed three times (its last lines are above)" >&2
exit 1
