#!/bin/sh
# Runs shellcheck over every committed shell script, found by its first line.
set -u
git ls-files -z --cached --others --exclude-standard | xargs -0 -r grep -lIE -m1 '^#!.*\b(ba)?sh\b' 2>/dev/null | while read -r f; do
	if head -n 1 "$f" | grep -qE '^#!.*\b(ba)?sh\b'; then echo "$f"; fi
done | sort | xargs -r shellcheck --external-sources
