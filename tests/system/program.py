"""The shipped program as a test runs it: started, watched, asked over HTTP, killed."""

import http.client
import json
import os
import pathlib
import re
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("HOMUHOMU_BIN") or ROOT / "build" / "homuhomu").resolve()
BROKEN = re.compile(rb"AddressSanitizer|LeakSanitizer|runtime error:|Assertion|assertion failed|"
                    rb"stack smashing|SUMMARY: Undefined")
PASSED_ON = ("ASAN_OPTIONS", "UBSAN_OPTIONS")


class Broken(AssertionError):
    """The program did something that no test allows."""


def environment(directory, more=None):
    """A clean environment: nothing of the caller's but what sanitizers need."""
    base = {"HOME": str(directory), "PATH": "/nonexistent", "NO_COLOR": "1"}
    base.update({k: os.environ[k] for k in PASSED_ON if k in os.environ})
    base.update({k: str(v) for k, v in (more or {}).items() if v is not None})
    return base


def check_output(data, secrets, what):
    """No secret and no sanitizer's or assertion's voice in what was printed."""
    for secret in secrets:
        if secret.encode() in data:
            raise Broken(f"{what} printed a secret")
    found = BROKEN.search(data)
    if found:
        raise Broken(f"{what} broke: {data[max(0, found.start() - 200):][:2000].decode('utf-8', 'replace')}")


class Result:
    """How a command ended."""

    def __init__(self, code, out, err):
        self.code, self.raw_out, self.raw_err = code, out, err
        self.out, self.err = out.decode("utf-8"), err.decode("utf-8")

    @property
    def json(self):
        """The one JSON document on stdout."""
        return json.loads(self.out)

    @property
    def lines(self):
        """The JSON documents of a stream."""
        return [json.loads(line) for line in self.out.splitlines() if line]

    def __repr__(self):
        return f"<exit {self.code}\nstdout: {self.out[-2000:]}\nstderr: {self.err[-2000:]}>"


def run(arguments, directory, env=None, stdin=None, timeout=60, secrets=()):
    done = subprocess.run([str(BIN), *map(str, arguments)], cwd=directory,
                          env=environment(directory, env), input=stdin, capture_output=True,
                          stdin=subprocess.DEVNULL if stdin is None else None,
                          timeout=timeout, check=False)
    check_output(done.stdout + done.stderr, secrets, " ".join(map(str, arguments)))
    if done.returncode < 0:
        raise Broken(f"{arguments} died of signal {-done.returncode}: {done.stderr[-2000:]}")
    return Result(done.returncode, done.stdout, done.stderr)


class Program:
    """A running `homuhomu run`. Its JSON log lines are in `log`, everything else in `other`."""

    def __init__(self, directory, env, arguments=("run",), secrets=()):
        self.directory, self.secrets = pathlib.Path(directory), list(secrets)
        self.log, self.other, self.errors = [], [], b""
        self.expected = (0,)            # exit codes that are right at the end
        self._changed = threading.Condition()
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [str(BIN), *arguments], cwd=directory, env=environment(directory, env),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.output = b""
        self._threads = [threading.Thread(target=self._read_err, daemon=True),
                         threading.Thread(target=self._read_out, daemon=True)]
        for thread in self._threads:
            thread.start()

    def _read_err(self):
        for line in self.process.stderr:
            self.errors += line
            try:
                record = json.loads(line)
                if not isinstance(record, dict):
                    raise ValueError
                record["_at"] = time.monotonic()
                self.log.append(record)
            except ValueError:
                self.other.append(line.decode("utf-8", "replace"))
            with self._changed:
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()

    def _read_out(self):
        for line in self.process.stdout:
            self.output += line
            with self._changed:
                self._changed.notify_all()

    # What it says

    def logged(self, msg, **fields):
        return [r for r in list(self.log) if r.get("msg") == msg
                and all(r.get(k) == v for k, v in fields.items())]

    def wait_log(self, msg, timeout=10.0, count=1, **fields):
        """The `count`-th record with this msg and these fields."""
        return self.wait(lambda: len(self.logged(msg, **fields)) >= count
                         and self.logged(msg, **fields)[count - 1], timeout,
                         f"log record {msg} {fields or ''}")

    def wait(self, condition, timeout=10.0, what="a condition"):
        end = time.monotonic() + timeout
        with self._changed:
            while True:
                value = condition()
                if value:
                    return value
                left = end - time.monotonic()
                if left <= 0 or (self.process.poll() is not None and not self._threads[0].is_alive()):
                    break
                self._changed.wait(min(left, 0.05))
        value = condition()
        if value:
            return value
        raise AssertionError(f"no {what} within {timeout} s; exit code {self.process.poll()}\n"
                             + self.tail())

    def tail(self, count=40):
        return b"\n".join(self.errors.splitlines()[-count:]).decode("utf-8", "replace")

    @property
    def pid(self):
        return self.process.pid

    @property
    def running(self):
        return self.process.poll() is None

    # HTTP

    @property
    def http_port(self):
        address = self.wait_log("start")["http"]
        return int(str(address).rsplit(":", 1)[1].rstrip("/"))

    def http(self, method, path, body=None, headers=None, timeout=10):
        """(status, headers as a dict with lower-case names, body)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=timeout)
        try:
            data = json.dumps(body).encode() if isinstance(body, (dict, list)) else body
            send = {} if data is None else {"Content-Type": "application/json"}
            send.update(headers or {})
            connection.putrequest(method, path, skip_host="Host" in send,
                                  skip_accept_encoding=True)
            if data is not None and "Content-Length" not in send:
                send["Content-Length"] = str(len(data))
            for key, value in send.items():
                connection.putheader(key, value)
            connection.endheaders(data)
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def http_get(self, path, **more):
        status, headers, body = self.http("GET", path, **more)
        if headers.get("content-type", "").startswith("application/json"):
            return status, json.loads(body)
        return status, body.decode("utf-8")

    def http_post(self, path, body, **more):
        status, headers, data = self.http("POST", path, body, **more)
        if headers.get("content-type", "").startswith("application/json"):
            return status, json.loads(data)
        return status, data

    # The end

    def signal(self, number):
        self.process.send_signal(number)

    def kill9(self):
        """No farewell; afterwards nothing is expected of the exit code."""
        self.expected = None
        self.process.kill()
        self.process.wait(10)
        self._join()

    def stop(self, timeout=10.0):
        """SIGTERM; the exit code."""
        if self.running:
            self.process.terminate()
        return self.wait_exit(timeout)

    def wait_exit(self, timeout=10.0):
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.expected = None
            self.process.kill()
            self.process.wait(10)
            raise AssertionError(f"still running after {timeout} s\n{self.tail()}") from None
        self._join()
        return code

    def _join(self):
        for thread in self._threads:
            thread.join(10)

    def close(self):
        """Ends the program if need be and holds it to what every run has to obey."""
        code = self.stop() if self.running else self.wait_exit()
        check_output(self.errors + self.output, self.secrets, "the program")
        if self.expected is not None and code not in self.expected:
            raise Broken(f"exit code {code}, expected {self.expected}\n{self.tail()}")

    # What it costs

    def rss_kb(self):
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        return 0

    def cpu_us(self):
        total = 0
        for task in pathlib.Path(f"/proc/{self.pid}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
        return total // 1000
