#!/usr/bin/env python3
"""No name of a package registry or mirror and no absolute path of somebody's machine stands in a committed file: the
machine's own configuration says where packages come from, and everything else is relative to the checkout.
"""

import pathlib
import re
import subprocess
import sys

# Written in parts, so that this file passes itself.
HOSTS = re.compile(
    r"\b(?:[\w.-]+\.)?(?:" + "|".join([
        r"deb\.debian" r"\.org", r"snapshot\.debian" r"\.org", r"security\.debian" r"\.org", r"ftp\.\w+\.debian" r"\.org",
        r"pypi" r"\.org", r"pythonhosted" r"\.org", r"npmjs" r"\.(?:org|com)", r"crates" r"\.io", r"proxy\.golang" r"\.org",
        r"docker" r"\.io", r"ghcr" r"\.io", r"quay" r"\.io", r"gcr" r"\.io",
    ]) + r")\b")
PATHS = re.compile(r"(?<![\w.$}/-])/(?:work|home/\w+|root|Users/\w+|builds|workspace)/[\w.]")


def main():
    bad = 0
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            capture_output=True, check=True).stdout
    for name in sorted(filter(None, listed.decode().split("\0"))):
        file = pathlib.Path(name)
        if not file.is_file() or file.is_symlink() or name.startswith("tests/fuzz/corpus/"):
            continue
        data = file.read_bytes()
        if b"\0" in data:
            continue
        for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
            for pattern, what in ((HOSTS, "the host of a registry"), (PATHS, "a path of one machine")):
                found = pattern.search(line)
                if found:
                    bad += 1
                    print(f"{name}:{number}: {what}: {found[0]}")
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
