"""HTTP/1.1 and RFC 6455 for the fakes, by hand, so that a test can break them anywhere.

The server's side only. It is strict about what the client sends (masking, lengths,
reserved bits, UTF-8, header forms) and leaves what the server sends to the caller, down
to single bytes.
"""

import asyncio
import base64
import hashlib
import re
import socket
import struct
import time
import urllib.parse
from dataclasses import dataclass, field
from email.utils import formatdate

HEAD_BYTES_MAX = 64 * 1024
BODY_BYTES_MAX = 32 * 1024 * 1024

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10

REASONS = {101: "Switching Protocols", 200: "OK", 201: "Created", 204: "No Content",
           400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
           405: "Method Not Allowed", 429: "Too Many Requests", 500: "Internal Server Error",
           501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
           504: "Gateway Timeout"}


class WireError(Exception):
    """The peer broke the protocol; `code` is the WebSocket close code that says so."""

    def __init__(self, text, code=1002):
        super().__init__(text)
        self.code = code


@dataclass
class Request:
    """One request as it came in, and later how it was answered."""
    method: str
    target: str
    headers: list
    body: bytes
    at: float                       # time.monotonic() when the whole request was there
    peer: int                       # number of the TCP connection, from 1
    path: str = ""
    query: list = field(default_factory=list)
    status: int = 0                 # of the answer; 0 when there was none
    done_at: float = 0.0
    note: str = ""                  # which fault was applied
    json: object = None
    route: str = ""
    answer: bytes = b""
    files: list = field(default_factory=list)

    def header(self, name, default=None):
        values = [v for k, v in self.headers if k == name.lower()]
        return values[0] if values else default

    def __repr__(self):
        return f"<{self.method} {self.target} -> {self.status or 'no answer'} {self.note}>"


@dataclass
class Response:
    status: int = 200
    body: bytes = b""
    headers: dict = field(default_factory=dict)
    delay: float = 0.0
    truncate: int = None            # send that many bytes of the body, then drop
    drop: str = None                # "before" (not processed), "after" (processed), no answer
    close: bool = False             # say Connection: close and do so


def encode_response(response, date, keep):
    lines = [f"HTTP/1.1 {response.status} {REASONS.get(response.status, 'Unknown')}"]
    headers = {"Date": date, "Connection": "keep-alive" if keep else "close"}
    if response.status != 204:
        headers["Content-Length"] = str(len(response.body))
    headers.update(response.headers)
    lines += [f"{k}: {v}" for k, v in headers.items() if v is not None]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def http_date(when):
    return formatdate(when, usegmt=True)


def hard_drop(writer, reset=True):
    """Ends a TCP connection without a TLS or WebSocket farewell; with RST if `reset`."""
    sock = writer.get_extra_info("socket")
    if sock is not None and reset:
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except OSError:
            pass
    writer.transport.abort()


async def read_request(reader, writer, peer):
    """The next request, or None at a clean end of the connection."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as end:
        if end.partial:
            raise WireError("connection ended inside a request's head") from end
        return None
    except asyncio.LimitOverrunError as over:
        raise WireError("request head too long") from over
    lines = head[:-4].decode("latin-1").split("\r\n")
    parts = lines[0].split(" ")
    if len(parts) != 3 or parts[2] != "HTTP/1.1" or not parts[1].startswith("/"):
        raise WireError(f"bad request line {lines[0]!r}")
    headers = []
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise WireError(f"bad header line {line!r}")
        headers.append((name.lower(), value.strip(" \t")))
    names = [k for k, _ in headers]
    for single in ("host", "content-length", "content-type", "authorization", "user-agent",
                   "transfer-encoding"):
        if names.count(single) > 1:
            raise WireError(f"header {single} given twice")
    found = dict(headers)
    if "host" not in found:
        raise WireError("no Host header")
    body = b""
    if found.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await writer.drain()
    if "transfer-encoding" in found:
        if found["transfer-encoding"].lower() != "chunked" or "content-length" in found:
            raise WireError("bad Transfer-Encoding")
        body = await _read_chunked(reader)
    elif "content-length" in found:
        if not found["content-length"].isdigit() or int(found["content-length"]) > BODY_BYTES_MAX:
            raise WireError("bad Content-Length")
        body = await reader.readexactly(int(found["content-length"]))
    elif parts[0] in ("POST", "PUT", "PATCH"):
        raise WireError(f"{parts[0]} without a length")
    path, _, query = parts[1].partition("?")
    return Request(parts[0], parts[1], headers, body, time.monotonic(), peer,
                   path=urllib.parse.unquote(path),
                   query=urllib.parse.parse_qsl(query, keep_blank_values=True))


async def _read_chunked(reader):
    body = b""
    while True:
        size = int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)
        if len(body) + size > BODY_BYTES_MAX:
            raise WireError("body too long")
        body += await reader.readexactly(size)
        if await reader.readexactly(2) != b"\r\n":
            raise WireError("bad chunk")
        if size == 0:
            return body


_PARAMETER = re.compile(r';[ \t]*([A-Za-z0-9*_-]+)=(?:"((?:[^"\\\r\n]|\\.)*)"|([^\s;"]+))[ \t]*')
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")


def parameters(value):
    """("form-data", {"name": …}) of a header such as Content-Disposition."""
    first, rest = value.partition(";")[0], value[len(value.partition(";")[0]):]
    out, at = {}, 0
    while at < len(rest):
        found = _PARAMETER.match(rest, at)
        if not found or found.group(1).lower() in out:
            raise WireError(f"bad parameters in {value!r}")
        plain = found.group(3)
        out[found.group(1).lower()] = plain if plain is not None else re.sub(r"\\(.)", r"\1", found.group(2))
        at = found.end()
    return first.strip().lower(), out


def multipart_parts(content_type, body):
    """[(name, filename or None, content type or None, bytes)] of a multipart/form-data body (RFC 7578)."""
    kind, given = parameters(content_type)
    if kind != "multipart/form-data":
        raise WireError("not multipart/form-data")
    if not _BOUNDARY.fullmatch(given.get("boundary", "")):
        raise WireError("no usable boundary")
    mark = b"\r\n--" + given["boundary"].encode("ascii")
    data, parts = b"\r\n" + body, []
    if not data.startswith(mark):
        raise WireError("multipart body does not begin with its boundary")
    at = len(mark)
    while data[at:at + 2] == b"\r\n":
        end = data.find(mark, at)
        if end < 0:
            raise WireError("a part without an end in multipart body")
        parts.append(_part(data[at + 2:end]))
        at = end + len(mark)
    if data[at:] not in (b"--", b"--\r\n"):
        raise WireError("multipart body is not framed by its boundary")
    return parts


def _part(chunk):
    head, gap, data = chunk.partition(b"\r\n\r\n")
    if not gap:
        raise WireError("bad part in multipart body")
    headers = {}
    for line in head.decode("utf-8").split("\r\n"):
        key, colon, value = line.partition(":")
        if not colon or key.lower() in headers:
            raise WireError(f"bad header {line!r} in multipart body")
        headers[key.lower()] = value.strip()
    kind, names = parameters(headers.get("content-disposition", ""))
    if kind != "form-data" or "name" not in names:
        raise WireError("part without a name")
    return names["name"], names.get("filename"), headers.get("content-type"), data


class WebSocket:
    """The server's end of one WebSocket."""

    def __init__(self, request, reader, writer):
        self.request = request
        self.reader = reader
        self.writer = writer
        self.tcp_split = 0          # bytes per TCP write; 0 writes whole frames
        self.fragment = 0           # bytes per WebSocket fragment; 0 sends one frame
        self.pongs = []             # (time, payload) of every pong that came

    @staticmethod
    def wanted(request):
        return (request.header("upgrade") or "").lower() == "websocket"

    async def accept(self):
        key = self.request.header("sec-websocket-key")
        connection = (self.request.header("connection") or "").lower()
        if self.request.method != "GET" or "upgrade" not in connection:
            raise WireError("not a WebSocket handshake")
        if self.request.header("sec-websocket-version") != "13":
            raise WireError("Sec-WebSocket-Version is not 13")
        if not key or len(base64.b64decode(key, validate=True)) != 16:
            raise WireError("Sec-WebSocket-Key is not 16 bytes")
        digest = hashlib.sha1(key.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
        self.writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                          b"Connection: Upgrade\r\nSec-WebSocket-Accept: "
                          + base64.b64encode(digest) + b"\r\n\r\n")
        await self.writer.drain()

    async def recv(self):
        """(opcode, payload) of the next whole message or close frame. Answers pings."""
        kind, parts = None, []
        while True:
            first, second = await self.reader.readexactly(2)
            final, opcode = bool(first & 0x80), first & 0x0F
            if first & 0x70:
                raise WireError("reserved bit set")
            if not second & 0x80:
                raise WireError("client frame is not masked")
            length = second & 0x7F
            if length == 126:
                length, = struct.unpack("!H", await self.reader.readexactly(2))
                if length < 126:
                    raise WireError("length is not minimal")
            elif length == 127:
                length, = struct.unpack("!Q", await self.reader.readexactly(8))
                if length < 65536:
                    raise WireError("length is not minimal")
            if length > BODY_BYTES_MAX:
                raise WireError("frame too long", 1009)
            mask = await self.reader.readexactly(4)
            data = await self.reader.readexactly(length)
            data = (int.from_bytes(data, "big")
                    ^ int.from_bytes((mask * (length // 4 + 1))[:length], "big")
                    ).to_bytes(length, "big")
            if opcode >= 8:
                if not final or length > 125:
                    raise WireError("bad control frame")
                if opcode == PING:
                    self.frame(PONG, data)
                elif opcode == CLOSE:
                    if length == 1:
                        raise WireError("close frame of one byte")
                    data[2:].decode("utf-8")
                    return CLOSE, data
                elif opcode == PONG:
                    self.pongs.append((time.monotonic(), data))
                else:
                    raise WireError("unknown control opcode")
                continue
            if (opcode == 0) == (kind is None):
                raise WireError("continuation out of place")
            if opcode:
                if opcode not in (TEXT, BINARY):
                    raise WireError("unknown opcode")
                kind = opcode
            parts.append(data)
            if final:
                whole = b"".join(parts)
                if kind == TEXT:
                    try:
                        whole.decode("utf-8")
                    except UnicodeDecodeError as bad:
                        raise WireError("text is not UTF-8", 1007) from bad
                return kind, whole

    def raw(self, data):
        """Writes bytes to the connection as they are."""
        if self.tcp_split:
            for at in range(0, len(data), self.tcp_split):
                self.writer.write(data[at:at + self.tcp_split])
        else:
            self.writer.write(data)

    def frame(self, opcode, data, final=True, rsv=0, masked=False):
        head = bytes([(0x80 if final else 0) | rsv << 4 | opcode])
        bit = 0x80 if masked else 0
        if len(data) < 126:
            head += bytes([bit | len(data)])
        elif len(data) < 65536:
            head += struct.pack("!BH", bit | 126, len(data))
        else:
            head += struct.pack("!BQ", bit | 127, len(data))
        self.raw(head + (b"\0\0\0\0" if masked else b"") + data)

    def message(self, opcode, data):
        """Sends a message, in fragments if `fragment` says so."""
        step = self.fragment
        if not step or len(data) <= step:
            self.frame(opcode, data)
            return
        for at in range(0, len(data), step):
            self.frame(opcode if at == 0 else 0, data[at:at + step], final=at + step >= len(data))

    def close_frame(self, code=None, reason=""):
        self.frame(CLOSE, b"" if code is None else struct.pack("!H", code) + reason.encode())
