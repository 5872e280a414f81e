#!/usr/bin/env python3
"""Functions that this code does not call, and what it calls instead. Comments and strings do not count."""

import pathlib
import re
import sys

# name: (why and what instead, files of src/ that may)
BANNED = {}


def ban(names, instead, allowed=r"$^"):
    for name in names.split():
        BANNED[name] = (instead, re.compile(allowed))


ban("strcpy strcat stpcpy strncpy strncat gets sprintf vsprintf", "no bound, or one that misleads: struct buf, or snprintf at the edge of libc")
ban("strtok strtok_r strsep", "writes into its input: the slices of base/str")
ban("atoi atol atoll atof sscanf scanf fscanf vsscanf strtol strtoll strtoul strtoull strtod strtof strtoimax strtoumax",
    "unchecked or of many minds: the one checked parser of base/str", r"base/(str|codec|json_\w+)\.c")
ban("system popen execlp execvp", "runs a shell or searches PATH")
ban("rand srand random srandom rand_r drand48 lrand48", "not random: base/rng")
ban("alloca", "no bound: the caller's arena")
ban("localtime gmtime ctime asctime localtime_r gmtime_r mktime timegm strftime tzset",
    "the C library's zones and statics: base/clock", r"base/(clock|log)\.c")
ban("time gettimeofday clock_gettime clock", "time is a parameter: base/clock", r"base/clock\.c")
ban("exit _exit quick_exit abort atexit", "only main ends the program", r"main\.c")
ban("signal", "sigaction, or the loop's signals", r"net/loop\.c")
ban("tmpnam tempnam mktemp tmpfile", "races: mkstemp")
ban("setjmp longjmp", "errors are returned: struct err")
ban("sleep usleep nanosleep", "the loop waits", r"(main|host/.*)\.c")
ban("setlocale strerror_r perror", "text for people is made by base/err")
ban("gethostbyname gethostbyaddr inet_ntoa inet_addr", "one address family, statics: libcurl resolves")
ban("bzero bcopy index rindex", "memset, memcpy, memchr")
ban("pthread_create fork vfork daemon", "one thread, one loop", r"host/.*\.c")

TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|(?P<name>[A-Za-z_]\w*)|(?P<other>.)""", re.S)


def calls(text):
    """Offset and name of each identifier that is followed by a parenthesis and is no member."""
    before, pending = "", None
    for token in TOKEN.finditer(text):
        kind = token.lastgroup
        if kind is None or token[0].isspace():
            continue
        if pending and token[0] == "(":
            yield pending
        pending = None
        if kind == "name":
            if before not in (".", ">"):
                pending = (token.start(), token[0])
        before = token[0]


def main():
    bad = 0
    for file in sorted(pathlib.Path("src").rglob("*.[ch]")):
        path = file.relative_to("src").as_posix()
        text = file.read_text(encoding="utf-8")
        for offset, name in calls(text):
            instead, allowed = BANNED.get(name, (None, None))
            if instead and not allowed.match(path):
                bad += 1
                print(f"{file}:{text.count(chr(10), 0, offset) + 1}: {name}(): {instead}")
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
