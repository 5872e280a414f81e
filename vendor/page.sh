#!/bin/sh
# Makes what src/web/assets_data.S builds into the program, in DIR: every file of the playground's page, compressed
# (DIR/page/NUMBER.z), and DIR/page_files.h, a line for each with its name below PAGE, its type, a tag of its bytes,
# and its length. The same input gives the same bytes, wherever DIR and PAGE are.
#
# usage: vendor/page.sh DIR PAGE SQUEEZE    (SQUEEZE: the compressor built from vendor/squeeze.c)
set -eu
export LC_ALL=C

dir=$1 page=$2 squeeze=$3
list=$dir/page_files.new

rm -rf "$dir/page"
mkdir -p "$dir/page"
number=0
(cd "$page" && find . -type f ! -name '.*' | sed 's|^\./||' | sort) >"$list.names"
grep -qx index.html "$list.names" || {
	echo "vendor/page.sh: $page has no index.html" >&2
	exit 1
}
while read -r name; do
	case $name in *[!a-z0-9._/-]*)
		echo "vendor/page.sh: $page/$name: a name is of a-z, 0-9, '.', '_', '-' and '/'" >&2
		exit 1
		;;
	esac
	case $name in
	*.html) type='text/html; charset=utf-8' ;;
	*.css) type='text/css; charset=utf-8' ;;
	*.js) type='text/javascript; charset=utf-8' ;;
	*.json) type='application/json' ;;
	*.svg) type='image/svg+xml' ;;
	*.png) type='image/png' ;;
	*.webp) type='image/webp' ;;
	*)
		echo "vendor/page.sh: $page/$name: no type is known for such a name; add it here" >&2
		exit 1
		;;
	esac
	"$squeeze" <"$page/$name" >"$dir/page/$number.z"
	tag=$(sha256sum <"$page/$name" | cut -c 1-16)
	printf '\tasset "%s", "%s", "%s", "page/%s.z", %s\n' "$name" "$type" "$tag" "$number" "$(wc -c <"$page/$name")"
	number=$((number + 1))
done <"$list.names" >"$list"
rm "$list.names"
mv "$list" "$dir/page_files.h"
