#!/bin/sh
# Fetches what vendor/table names as Debian source packages of suite trixie into DIR/archives, checks each file against
# its pin, and unpacks it as DIR/<library>. The sources list is derived from the machine's own Debian configuration, so
# that its mirror is used and no host is written here; apt checks the signatures against the archive's keyring.
#
# A pinned file that the archive no longer has is replaced by the archive's current version, with a loud warning and a
# line "<library> <version> substituted" in DIR/versions; VENDOR_STRICT=1 refuses instead. A file of the pinned name with
# another content is always refused.
#
# usage: vendor/fetch.sh DIR
set -eu
export LC_ALL=C

suite=trixie
table=$(dirname "$0")/table
dir=${1:?usage: vendor/fetch.sh DIR}

die() {
	printf 'vendor/fetch.sh: %s\n' "$*" >&2
	exit 1
}

mkdir -p "$dir/archives"
dir=$(cd "$dir" && pwd)
# Two makes in one checkout: the second finds the work done.
exec 9>"$dir/lock"
flock 9
if [ -n "$(find "$dir" -maxdepth 1 -name versions -newer "$table")" ]; then
	[ "${VENDOR_STRICT:-}" != 1 ] || ! grep 'substituted$' "$dir/versions" >&2 || die "not pinned (above), and VENDOR_STRICT=1"
	exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# rows: library package version file sha256, one library a line.
rows() {
	sed -e '/^[[:space:]]*#/d' -e '/^[[:space:]]*$/d' "$table" | awk -F ' *[|] *' '{print $1, $2, $3, $4, $5}'
}

pinned() {
	[ -f "$1" ] && [ "$(sha256sum <"$1" | cut -d ' ' -f 1)" = "$2" ]
}

# The base archive's URIs and keyring as this machine knows them, as "URI<tab>keyring", from deb822 .sources files and
# from one-line .list files. Security, updates and backports suites and hosts of others have no base suite of their own.
mirrors() {
	etc=$(apt-config shell d Dir::Etc/d | sed "s/^d='\(.*\)'$/\1/")
	for f in "$etc"/sources.list.d/*.sources; do
		[ -f "$f" ] || continue
		awk -v RS= -F '\n' '{
			uris = suites = key = types = ""; enabled = 1
			for (i = 1; i <= NF; i++) {
				if ($i ~ /^#/) continue
				n = index($i, ":"); name = tolower(substr($i, 1, n - 1)); value = substr($i, n + 1)
				gsub(/^[ \t]+|[ \t]+$/, "", value)
				if (name == "uris") uris = value
				if (name == "suites") suites = value
				if (name == "signed-by") key = value
				if (name == "types") types = value
				if (name == "enabled" && tolower(value) == "no") enabled = 0
			}
			if (!enabled || types == "" || uris == "") next
			k = split(suites, suite, /[ \t]+/)
			for (i = 1; i <= k; i++)
				if (suite[i] !~ /[-\/]/ || suite[i] ~ /^[a-z]+-updates$/) {
					m = split(uris, uri, /[ \t]+/)
					for (j = 1; j <= m; j++) print uri[j] "\t" key
					break
				}
		}' "$f"
	done
	for f in "$etc/sources.list" "$etc"/sources.list.d/*.list; do
		[ -f "$f" ] || continue
		sed -n -e 's/#.*//' -e '/^[[:space:]]*deb\(-src\)\{0,1\}[[:space:]]/p' "$f" | awk '{
			key = ""; i = 2
			if ($i ~ /^\[/) {
				for (; i <= NF; i++) {
					option = $i; gsub(/[][]/, "", option)
					if (option ~ /^signed-by=/) key = substr(option, 11)
					if ($i ~ /\]$/) break
				}
				i++
			}
			if ($(i + 1) !~ /[-\/]/) print $i "\t" key
		}'
	done
}

apt() {
	apt-get -q -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$work/parts" \
		-o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" -o APT::Sandbox::User="" -o APT::Update::Post-Invoke::=true \
		-o Acquire::Retries=3 -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false "$@"
}

# Tries the machine's mirrors in turn until one gives the suite's signed index.
open_archive() {
	mkdir -p "$work/parts" "$work/lists/partial" "$work/cache/archives/partial"
	mirrors | sort -u >"$work/mirrors"
	[ -s "$work/mirrors" ] || die "no Debian mirror in the machine's apt sources; add one to /etc/apt/sources.list.d and run make vendor again"
	keyring=/usr/share/keyrings/debian-archive-keyring.gpg
	while IFS="$(printf '\t')" read -r uri key; do
		case $key in '' | *debian*) ;; *) continue ;; esac
		{
			printf 'Types: deb-src\nURIs: %s\nSuites: %s\nComponents: main\n' "$uri" "$suite"
			# An inline key or a keyring without the suite's key would refuse a newer suite than the machine's.
			if [ -f "$keyring" ]; then
				printf 'Signed-By: %s\n' "$keyring"
			elif [ -n "$key" ]; then
				printf 'Signed-By: %s\n' "$key"
			fi
		} >"$work/parts/vendor.sources"
		for attempt in 1 2 3; do
			if apt update >"$work/log" 2>&1 && apt source --print-uris --tar-only zlib >>"$work/log" 2>&1; then
				return 0
			fi
			sleep "$attempt"
		done
	done <"$work/mirrors"
	cat "$work/log" >&2
	die "no mirror of this machine gives the source index of Debian $suite (its answers are above)"
}

# The first .orig.tar of a package that the archive has now.
current_file() {
	apt source --print-uris --tar-only "$1" 2>/dev/null | awk -v p="$1" '
		index($1, "\047") == 1 && $2 ~ ("^" p "_[^_]*[.]orig[.]tar[.][a-z0-9]+$") {print $2; exit}'
}

fetch() {
	library=$1 package=$2 version=$3 file=$4 sum=$5
	state=pinned
	if ! pinned "$dir/archives/$file" "$sum"; then
		[ -d "$work/lists" ] || open_archive
		now=$(current_file "$package")
		[ -n "$now" ] || die "$library: the archive has no source package $package in $suite"
		if [ "$now" != "$file" ]; then
			[ "${VENDOR_STRICT:-}" != 1 ] ||
				die "$library: the archive has $now instead of the pinned $file (VENDOR_STRICT=1)"
			version=${now#"${package}"_} version=${version%.orig.tar.*} state=substituted
			{
				echo '****************************************************************************'
				echo "WARNING: $file is gone from the archive."
				echo "WARNING: $library $version is built instead: signed by Debian, but not pinned."
				echo "WARNING: 'homuhomu version' says so. VENDOR_STRICT=1 refuses."
				echo '****************************************************************************'
			} >&2
		fi
		mkdir -p "$work/get"
		for attempt in 1 2 3; do
			(cd "$work/get" && apt source --download-only --tar-only "$package" >"$work/log" 2>&1) || true
			[ ! -f "$work/get/$now" ] || break
			[ "$attempt" = 3 ] || sleep "$attempt"
		done
		[ -f "$work/get/$now" ] || { cat "$work/log" >&2 && die "$library: $now could not be fetched"; }
		[ "$state" = substituted ] || pinned "$work/get/$now" "$sum" ||
			die "$library: $now has SHA-256 $(sha256sum <"$work/get/$now" | cut -d ' ' -f 1), not the pinned $sum"
		file=$now
		mv "$work/get/$file" "$dir/archives/$file"
	fi
	rm -rf "${dir:?}/$library" "$work/unpack"
	mkdir "$work/unpack"
	# Of the largest archives only what is used.
	case $library in
	mplus) set -- '*/Mplus1-Medium.otf' '*/OFL.txt' ;;
	stb) set -- '*/stb_truetype.h' '*/stb_image.h' '*/LICENSE' ;;
	fonttools) set -- '*/Lib/fontTools/*' '*/LICENSE' ;;
	*) set -- '*' ;;
	esac
	tar -C "$work/unpack" --strip-components=1 --no-same-owner --wildcards -xf "$dir/archives/$file" "$@"
	if [ "$library" = wslay ]; then
		mv "$work/unpack/deps/wslay" "$dir/$library"
	else
		mv "$work/unpack" "$dir/$library"
	fi
	echo "$library $version $state" >>"$work/versions"
}

rows >"$work/rows"
while read -r library package version file sum; do
	fetch "$library" "$package" "$version" "$file" "$sum" </dev/null
done <"$work/rows"
mv "$work/versions" "$dir/versions"
