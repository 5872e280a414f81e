#!/usr/bin/env python3
"""Who may include whom: the floors of the house, and one module for each vendored header.

A file of src/ includes its own folder and lower floors; never upward, never sideways. `config` and `cli` (and the files
that they are made of) know `base` and each other alone and are known by the rooms of the fourth floor and by `main`.
"""

import pathlib
import re
import sys

FLOOR = {
    "base": 0,
    "gacha": 1, "net": 1,
    "discord": 2, "aws": 2, "oci": 2, "web": 2,
    "store": 3, "ecs": 3,
    "bot": 4, "deploy": 4, "doctor": 4, "host": 4,
}
MAIN = 5
SHARED = re.compile(r"(config|settings|cli)\w*\.[ch]$")

# Vendored and generated headers, by how their name begins, and who may include them.
VENDORED = {
    "curl/": r"net/",
    "wslay/": r"net/ws\.",
    "microhttpd": r"net/server",
    "sqlite3": r"store/sqlite",
    "bearssl": r"base/(hash|rng)\.|net/roots\.",
    "zlib": r"base/deflate\.",
    "sodium": r"base/ed25519\.",
    "jsmn": r"base/json_read\.",
    "expat": r"aws/xml\.",
    "stb_truetype": r"web/font\.c",
    "stb_image": r"web/art\.c",
    "embed_sizes": r"base/embed\.S",
    "page_files": r"web/assets_data\.S",
    "libraries": r"cli_version\.c",
}

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')


def floor_of(path):
    """The floor of a path inside src/, None for an unknown room."""
    room = path.split("/")[0] if "/" in path else None
    return MAIN if room is None else FLOOR.get(room)


def refuse_own(path, target):
    if not (pathlib.Path("src") / target).is_file():
        return f'"{target}" is not a file of src/ (includes read "folder/name.h")'
    here, there = floor_of(path), floor_of(target)
    if here is None:
        return "stands in a folder that has no floor"
    if SHARED.match(target):
        return None if here >= 4 or SHARED.match(path) else f"{target} is known by floor 4 and main only"
    if SHARED.match(path):
        return None if there == 0 else f"{path} may know base alone, not {target}"
    if there is None:
        return f"{target} stands in a folder that has no floor"
    if there < here or path.rpartition("/")[0] == target.rpartition("/")[0]:
        return None
    return f"{target} is {'upward' if there > here else 'sideways'}"


def refuse_vendored(path, target):
    for prefix, owner in VENDORED.items():
        if not target.startswith(prefix):
            continue
        if not re.match(owner, path):
            return f"<{target}> may be included by src/{owner} alone"
    return None


def main():
    bad = 0
    for file in sorted(pathlib.Path("src").rglob("*.[chS]")):
        path = file.relative_to("src").as_posix()
        first = True
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            found = INCLUDE.match(line)
            if not found:
                continue
            own = found[1] == '"'
            fault = refuse_own(path, found[2]) if own else refuse_vendored(path, found[2])
            header = path[:-2] + ".h"
            if first and path.endswith(".c") and (pathlib.Path("src") / header).is_file() and found[2] != header:
                fault = fault or f'includes "{header}" first'
            first = False
            if fault:
                bad += 1
                print(f"{file}:{number}: {fault}")
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
