"""A queue of scripted faults, and the actions that a test puts into it.

A fault is (match, action, times). A match is "METHOD /path*" for REST (shell pattern on the
path without /api/v10), "gateway:STAGE" for the gateway (stages: upgrade, hello, identify,
resume, heartbeat), or a function of the request or connection. The first match with uses
left is taken. REST actions get (request, proceed) and give a Response; `proceed()` is what
the service would have done. Gateway actions get (connection, payload) and return True when
they replace what the service would have done.
"""

import asyncio
import fnmatch
import json
import threading

from .wire import Response

FOREVER = 1 << 60


class Fault:
    def __init__(self, match, action, times):
        self.match, self.action, self.left, self.used = match, action, times, 0

    def cancel(self):
        self.left = 0


class Faults:
    def __init__(self):
        self._list = []
        self._lock = threading.Lock()

    def add(self, match, action, times=1):
        fault = Fault(match, action, times)
        with self._lock:
            self._list.append(fault)
        return fault

    def clear(self):
        with self._lock:
            self._list.clear()

    def take(self, name, subject):
        """The action of the first fault that fits, used up once; None if there is none."""
        with self._lock:
            for fault in self._list:
                if fault.left <= 0:
                    continue
                if callable(fault.match):
                    fits = fault.match(subject)
                else:
                    fits = fnmatch.fnmatchcase(name, fault.match)
                if fits:
                    fault.left -= 1
                    fault.used += 1
                    return fault.action
        return None


# REST actions

def status(code, body=None, headers=None, delay=0.0):
    """Answers with this status and JSON, processing nothing."""
    text = json.dumps(body if body is not None else {"message": f"{code}: scripted", "code": 0})

    async def action(request, proceed):
        return Response(code, text.encode(), {"Content-Type": "application/json",
                                              **(headers or {})}, delay=delay)
    return action


def rate_limited(retry_after, scope="user", bucket=None, delay=0.0):
    """A 429 as Discord sends it. `scope` is user, shared or global."""
    async def action(request, proceed):
        body = {"message": "You are being rate limited.", "retry_after": retry_after,
                "global": scope == "global"}
        headers = {"Content-Type": "application/json", "Retry-After": str(max(1, round(retry_after))),
                   "X-RateLimit-Scope": scope, "Via": "1.1 google"}
        if scope == "global":
            headers["X-RateLimit-Global"] = "true"
        else:
            headers.update({"X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "0",
                            "X-RateLimit-Reset-After": f"{retry_after:.3f}",
                            "X-RateLimit-Bucket": bucket or "f" * 32})
        return Response(429, json.dumps(body).encode(), headers, delay=delay)
    return action


def cloudflare(retry_after, code=429):
    """An error page from in front of Discord: HTML, no JSON, no Via."""
    async def action(request, proceed):
        page = (f"<!doctype html><html><head><title>Access denied | discord.com used Cloudflare"
                f"</title></head><body><h1>Error {1015 if code == 429 else code}</h1></body></html>")
        headers = {"Content-Type": "text/html; charset=UTF-8", "Server": "cloudflare"}
        if retry_after is not None:
            headers["Retry-After"] = str(retry_after)
        return Response(code, page.encode(), headers)
    return action


def slow(seconds):
    """Answers rightly, but late; the work is done before the wait."""
    async def action(request, proceed):
        answer = await proceed()
        answer.delay += seconds
        return answer
    return action


def late(seconds):
    """Waits, then does the work and answers."""
    async def action(request, proceed):
        await asyncio.sleep(seconds)
        return await proceed()
    return action


def reset_before():
    async def action(request, proceed):
        return Response(drop="before")
    return action


def reset_after():
    async def action(request, proceed):
        answer = await proceed()
        answer.drop = "after"
        return answer
    return action


def truncated(keep):
    """Does the work, promises the whole body, sends `keep` bytes of it and drops."""
    async def action(request, proceed):
        answer = await proceed()
        answer.truncate = keep
        return answer
    return action


def garbage(body=b"<html>not json", code=200, kind="application/json"):
    async def action(request, proceed):
        return Response(code, body, {"Content-Type": kind})
    return action


def changed(change):
    """Does the work, then lets `change(response)` alter the answer."""
    async def action(request, proceed):
        answer = await proceed()
        change(answer)
        return answer
    return action


# Gateway actions

def close(code=None, reason=""):
    async def action(conn, payload):
        await conn.close_now(code, reason)
        return True
    return action


def drop(reset=True):
    async def action(conn, payload):
        conn.drop_now(reset)
        return True
    return action


def invalid_session(resumable):
    async def action(conn, payload):
        conn.invalidate(resumable)
        return True
    return action


def hold(seconds):
    """Lets the client wait, then goes on as usual."""
    async def action(conn, payload):
        await asyncio.sleep(seconds)
        return False
    return action


def silence():
    """Nothing is done and nothing is sent."""
    async def action(conn, payload):
        return True
    return action


def send(data, binary=None):
    """Sends raw bytes as one message (outside compression) and goes on as usual."""
    async def action(conn, payload):
        conn.send_raw(data, binary)
        return False
    return action


def http(code, body=b"", headers=None):
    """For gateway:upgrade: refuses the upgrade with an HTTP answer."""
    async def action(conn, payload):
        return Response(code, body, headers or {})
    return action


def call(function):
    """Runs a plain function of (connection, payload) in the fake's loop."""
    async def action(conn, payload):
        return bool(function(conn, payload))
    return action
