#!/bin/sh
# Makes the container image without network and leaves it as BUILD/image.tar, an archive for `docker load` and
# `podman load`, tagged localhost/homuhomu:VERSION. The machine's own image store is not touched. The same program gives
# the same layers (their files and history bear the time 0); the docker format adds a random host name to the
# configuration.
#
# usage: container/build.sh BUILD VERSION
set -eu
build=$1 tag=localhost/homuhomu:$2
context=$build/image/context
rm -rf "$build/image" "$build/image.tar"
mkdir -p "$context/data"
cp "$build/homuhomu" "$context/homuhomu"
chmod 755 "$context/homuhomu" "$context/data"

# podman refuses a run root whose path is longer than 50 characters, so the private store is not under BUILD.
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
# cgroupfs, vfs and chroot isolation work inside a container too; nothing is run while building.
set -- podman --root "$root/store" --runroot "$root/run" --storage-driver vfs --cgroup-manager cgroupfs --events-backend file
fail() {
	cat "$root/log" >&2
	echo "container/build.sh: the image could not be made (podman's words are above)" >&2
	exit 1
}
"$@" build --isolation chroot --format docker --timestamp 0 --pull=never --no-cache --tag "$tag" \
	--file container/Dockerfile "$context" >"$root/log" 2>&1 || fail
"$@" save --quiet --format docker-archive --output "$build/image.tar" "$tag" >>"$root/log" 2>&1 || fail
"$@" rmi --all --force >>"$root/log" 2>&1 || true
rm -rf "$build/image"
echo "  IMAGE $build/image.tar: $tag, $(wc -c <"$build/image.tar") bytes (docker load -i $build/image.tar)"
