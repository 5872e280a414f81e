#!/bin/sh
# Makes the files that src/base/embed.S builds into the program, in DIR: the TLS roots from Debian's ca-certificates,
# the zones from Debian's tzdata, the catalog, the font; and DIR/embed_sizes.h with their sizes. The same input gives the
# same bytes, wherever DIR is.
#
# usage: vendor/embed.sh DIR CATALOG FONT SQUEEZE    (SQUEEZE: the compressor built from vendor/squeeze.c)
set -eu
export LC_ALL=C

dir=$1 catalog=$2 font=$3 squeeze=$4
certificates=/usr/share/ca-certificates/mozilla
zoneinfo=/usr/share/zoneinfo

# One certificate a line while sorting, so that order and duplicates are those of the certificates themselves.
cat "$certificates"/*.crt | awk '
	/^-----BEGIN CERTIFICATE-----/ {text = ""; inside = 1; next}
	/^-----END CERTIFICATE-----/ {if (inside) print text; inside = 0; next}
	inside {gsub(/[ \t\r]/, ""); text = text $0}' | sort -u | awk '{
	print "-----BEGIN CERTIFICATE-----"
	for (i = 1; i <= length($0); i += 64) print substr($0, i, 64)
	print "-----END CERTIFICATE-----"
}' >"$dir/ca.pem"
grep -q BEGIN "$dir/ca.pem" || {
	echo "vendor/embed.sh: no certificate in $certificates" >&2
	exit 1
}
"$squeeze" <"$dir/ca.pem" >"$dir/ca.pem.z"

# The last line of a TZif file is the POSIX rule in force (RFC 8536, 3.3). Names that the machine's package keeps apart
# (Debian's tzdata-legacy) are links in tzdata.zi.
(
	cd "$zoneinfo"
	find . \( -name posix -o -name right \) -prune -o \( -type f -o -type l \) -print | sed 's|^\./||' | sort |
		while read -r name; do
			case $name in *.* | Factory | localtime | posixrules | leap*) continue ;; esac
			[ "$(head -c 4 "$name" | tr -d '\0')" = TZif ] || continue
			printf '%s\t%s\n' "$name" "$(tail -n 1 "$name")"
		done
	if [ -f tzdata.zi ]; then
		awk '$1 == "L" {print $3, $2}' tzdata.zi | while read -r name target; do
			[ -f "$name" ] || [ ! -f "$target" ] || printf '%s\t%s\n' "$name" "$(tail -n 1 "$target")"
		done
	fi
) | awk -F '\t' '$2 != ""' | sort -u >"$dir/zones"
grep -q '^Asia/Tokyo	JST-9$' "$dir/zones" || {
	echo "vendor/embed.sh: $zoneinfo gives no rule for Asia/Tokyo" >&2
	exit 1
}

"$squeeze" <"$font" >"$dir/font.otf.z"
cp "$catalog" "$dir/catalog.json"
{
	echo "#define CA_BUNDLE_BYTES $(wc -c <"$dir/ca.pem")"
	echo "#define CATALOG_BYTES $(wc -c <"$dir/catalog.json")"
	echo "#define ZONES_BYTES $(wc -c <"$dir/zones")"
	echo "#define FONT_BYTES $(wc -c <"$font")"
} >"$dir/embed_sizes.h"
