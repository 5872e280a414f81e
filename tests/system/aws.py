"""What the tests of AWS share: the fake, the engine, and the command that calls it."""

import contextlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import time

import pytest

from tests.fakes import aws
from tests.system import program

ENGINE = pathlib.Path(__file__).resolve().parents[1] / "fakes" / "dynoxide"
INSTALLED = program.ROOT / "build" / "dynoxide"


def need(there, what):
    """In CI everything has to be there; elsewhere a test that lacks something is skipped with a word."""
    if not there:
        assert not os.environ.get("CI"), what
        pytest.skip(what)


def install_engine():
    """The engine as package-lock.json pins it, installed once under build/."""
    need(shutil.which("npm"), "npm is not installed (make deps)")
    lock = (ENGINE / "package-lock.json").read_bytes()
    folder = INSTALLED / os.environ.get("PYTEST_XDIST_WORKER", "one")
    binary = folder / "node_modules" / "@dynoxide" / "linux-x64" / "dynoxide"
    stamp = folder / "installed"
    if not (binary.exists() and stamp.exists() and stamp.read_bytes() == lock):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(ENGINE / name, folder)
        done = subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"],
                              cwd=folder, capture_output=True, check=False)
        need(done.returncode == 0, f"npm cannot install the engine: {done.stderr.decode()[-500:]}")
        binary.chmod(0o755)
        stamp.write_bytes(lock)
    return binary


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextlib.contextmanager
def engine():
    """A running engine with empty tables: (host, port)."""
    binary, port = install_engine(), free_port()
    process = subprocess.Popen([binary, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 20
        while True:
            assert process.poll() is None and time.monotonic() < until, "the engine does not start"
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.02)
        yield "127.0.0.1", port
    finally:
        process.kill()
        process.wait()


class Client:
    """`homuhomu aws` against a fake."""

    def __init__(self, cli, fake, **env):
        self.cli, self.fake = cli, fake
        self.env = {"AWS_REGION": "ap-northeast-1", "AWS_ENDPOINT_URL": fake.url, "AWS_EC2_METADATA_DISABLED": "true",
                    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
                    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", **env}

    def __call__(self, service, operation, given=None, arguments=(), timeout=60, **env):
        words = ["aws", service, operation] + ([json.dumps(given, ensure_ascii=False)] if given is not None else [])
        secrets = [s for i in self.fake.identities.values() for s in (i.secret, i.token) if s]
        return self.cli(*words, *arguments, env={**self.env, **env}, timeout=timeout, secrets=secrets)


@pytest.fixture
def fake_aws():
    one = aws.FakeAws().start()
    yield one
    one.stop()
    assert not one.violations, "\n".join(one.violations)


@pytest.fixture
def client(cli, fake_aws):
    return Client(cli, fake_aws)
