"""Where in a JSON text the value of a JSON pointer stands."""

import re

_TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[-+0-9.eE]+|true|false|null|[{}\[\],:])', re.S)


def lines(text):
    """{pointer: line from 1} of every value of a valid JSON text."""
    found, at = {}, 0

    def token():
        nonlocal at
        hit = _TOKEN.match(text, at)
        if not hit:
            raise ValueError(f"not JSON at {at}")
        at = hit.end()
        return hit.group(1), text.count("\n", 0, hit.start(1)) + 1

    def value(path, first=None):
        word, line = first or token()
        found[path] = line
        if word not in "{[":
            return
        close, number = ("}" if word == "{" else "]"), 0
        word, line = token()
        while word != close:
            if close == "}":
                key = word[1:-1].replace("~", "~0").replace("/", "~1")
                token()
                value(f"{path}/{key}")
            else:
                value(f"{path}/{number}", (word, line))
                number += 1
            word, line = token()
            if word == ",":
                word, line = token()
    value("")
    return found
