"""What the system tests share: the fakes, the program, its commands."""

import os
import pathlib

import pytest

from tests.fakes import certs, discord
from tests.oracles import catalogs
from tests.system import gateway, program


def pytest_collection_modifyitems(config, items):
    """Tests of the program are skipped where it is not built; CI must have it."""
    if program.BIN.exists() or os.environ.get("CI"):
        return
    skip = pytest.mark.skip(reason=f"{program.BIN.name} is not built (make)")
    for item in items:
        if {"bot", "cli"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(skip)


@pytest.fixture(scope="session")
def authority():
    return certs.Authority()


@pytest.fixture(scope="session")
def ca_file(authority, tmp_path_factory):
    path = tmp_path_factory.mktemp("ca") / "root.pem"
    path.write_bytes(authority.root_pem())
    return path


@pytest.fixture
def make_fake(authority):
    """A factory of fakes: make_fake(tls="good", **config)."""
    made = []

    def make(tls="good", **config):
        config.setdefault("heartbeat_interval_ms", 5000)
        made.append(discord.FakeDiscord(tls, authority, **config).start())
        return made[-1]
    yield make
    for fake in made:
        fake.stop()
    bad = [v for fake in made for v in fake.unexpected()]
    assert not bad, "the program broke Discord's rules:\n" + "\n".join(f"{k}: {t}" for k, t in bad)


@pytest.fixture
def fake(make_fake):
    """A fake Discord over TLS."""
    return make_fake()


@pytest.fixture
def fake_plain(make_fake):
    """A fake Discord over plain HTTP and WebSocket."""
    return make_fake(None)


@pytest.fixture
def quick(make_fake):
    """A fake with short heartbeats."""
    return make_fake(heartbeat_interval_ms=gateway.BEAT_MS)


@pytest.fixture
def bot(tmp_path, ca_file):
    """A factory of running programs: bot(fake, NAME=value…, arguments=[…]).

    Without a fake there is no token: the playground. The directory, and with it the store,
    is the same for all programs of a test unless `directory` names another.
    """
    made = []

    def start(fake=None, arguments=("run",), directory=None, secrets=(), **env):
        directory = pathlib.Path(directory or tmp_path)
        directory.mkdir(exist_ok=True)
        settings = {"HOMU_LOG": "json", "HOMU_HTTP": "127.0.0.1:0",
                    "HOMU_STORE": f"sqlite:{directory / 'store.db'}", "HOMU_CA_FILE": ca_file}
        secrets = list(secrets)
        if fake is not None:
            settings.update({"DISCORD_API_BASE": fake.api_base, "DISCORD_BOT_TOKEN": fake.token})
            secrets.append(fake.token)
        settings.update(env)
        one = program.Program(directory, settings, arguments, secrets)
        made.append(one)
        return one
    yield start
    faults = []
    for one in reversed(made):
        try:
            one.close()
        except AssertionError as fault:
            faults.append(str(fault))
        print(f"--- log of process {one.pid} ---\n{one.tail(80)}")
    assert not faults, "\n".join(faults)


@pytest.fixture
def cli(tmp_path):
    """Runs a command: cli("odds", "standard", "--json", env={…}) -> Result."""
    def run(*arguments, env=None, stdin=None, timeout=60, directory=None, secrets=()):
        return program.run(arguments, directory or tmp_path, env, stdin, timeout, secrets)
    return run


@pytest.fixture
def ready(make_fake, bot):
    """(fake, program), READY, with its commands registered."""
    fake = make_fake()
    one = bot(fake)
    fake.wait_ready()
    fake.wait_registered()
    one.wait_log("ready")
    return fake, one


@pytest.fixture
def catalog_file(tmp_path):
    """The small catalog of the tests, as a file."""
    return catalogs.write(tmp_path / "catalog.json", catalogs.base())
