"""The commands: exit codes, JSON documents, words (interface.md, Commands)."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time

import pytest

from tests.fakes import faults, payload
from tests.system import program


# Words and codes

def test_version(cli):
    result = cli("version", "--json")
    assert result.code == 0 and result.err == ""
    document = result.json
    assert set(document) == {"version", "commit", "target", "libraries"}
    assert re.match(r"^\d+\.\d+\.\d+", document["version"])
    for library in ("bearssl", "curl", "wslay", "zlib", "sqlite", "microhttpd", "musl"):
        assert any(library in k.lower() for k in document["libraries"]), library
    plain = cli("version")
    assert plain.code == 0 and document["version"] in plain.out


def test_help_lists_the_commands(cli):
    for arguments in (("help",), ("--help",)):
        result = cli(*arguments)
        assert result.code == 0 and result.err == ""
        for command in ("run", "health", "catalog check", "odds", "simulate", "verify", "register",
                        "invite", "version"):
            assert command in result.out, command


@pytest.mark.parametrize("command", [
    "run", "health", "catalog check", "catalog show", "odds", "simulate", "verify", "register",
    "invite", "version", "help", "completion"])
def test_every_command_has_help(cli, command):
    result = cli(*command.split(), "--help")
    assert result.code == 0 and command in result.out and result.err == ""
    assert cli("help", *command.split()).code == 0


@pytest.mark.parametrize("arguments", [
    ("runn",), ("odds", "--nonsense"), ("odds",), ("catalog",), ("catalog", "chek"),
    ("simulate", "limited"), ("simulate", "limited", "--pulls", "ten"),
    ("simulate", "limited", "--pulls", "-5"), ("simulate", "limited", "--pulls", "0x10"),
    ("simulate", "limited", "--pulls", "10", "--seed", "xyz"), ("verify",), ("completion", "tcsh"),
    ("help", "nothing"), ("version", "extra"), ("--nonsense",), ("odds", "a", "b", "c")])
def test_usage_errors_end_with_2_on_stderr(cli, arguments):
    result = cli(*arguments)
    assert result.code == 2 and result.out == "" and result.err


def test_a_misspelt_command_gets_the_nearest(cli):
    assert "simulate" in cli("simulat").err
    assert "catalog check" in cli("catalog", "chek").err


@pytest.mark.parametrize("wrong, right", [
    ("HOMU_STOR", "HOMU_STORE"), ("HOMU_CATALOGUE", "HOMU_CATALOG"), ("HOMU_LOGLEVEL", "HOMU_LOG_LEVEL"),
    ("HOMU_SHARD", "HOMU_SHARDS")])
def test_an_unknown_setting_is_refused_with_the_nearest(cli, wrong, right):
    result = cli("run", env={wrong: "1"})
    assert result.code == 2 and wrong in result.err and right in result.err


@pytest.mark.parametrize("name, value", [
    ("HOMU_SCOPE", "planet"), ("HOMU_LOG", "xml"), ("HOMU_LOG_LEVEL", "loud"), ("HOMU_HTTP", "8787"),
    ("HOMU_HTTP", "127.0.0.1:99999"), ("HOMU_SHARDS", "0"), ("HOMU_SHARDS", "3-1/4"),
    ("HOMU_SHARDS", "0-4/4"), ("HOMU_STORE", "mysql:x"), ("DISCORD_API_BASE", "ftp://x"),
    ("DISCORD_PUBLIC_KEY", "short"), ("HOMU_SEED_KEY", "12")])
def test_a_setting_out_of_its_form_is_refused(cli, name, value):
    result = cli("run", env={name: value})
    assert result.code == 2 and name in result.err


def test_a_plain_api_base_beyond_loopback_is_refused(cli):
    token = payload.bot_token(1)
    result = cli("register", "--dry-run", secrets=[token],
                 env={"DISCORD_API_BASE": "http://192.0.2.1/api/v10", "DISCORD_BOT_TOKEN": token})
    assert result.code in (1, 2) and "http" in result.err


@pytest.mark.parametrize("arguments", [("help",), ("version",), ("odds", "limited"),
                                       ("catalog", "check"), ("run", "--help")])
def test_no_colour_into_a_pipe(cli, catalog_file, arguments):
    result = cli(*arguments, env={"HOMU_CATALOG": catalog_file, "NO_COLOR": None})
    assert "\x1b" not in result.out + result.err


def test_japanese_words_for_a_japanese_locale(cli):
    japanese = cli("help", env={"LANG": "ja_JP.UTF-8"}).out
    assert re.search("[\u3040-\u30ff]", japanese)
    assert not re.search("[\u3040-\u30ff]", cli("help", env={"LANG": "C"}).out)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(cli, shell):
    result = cli("completion", shell)
    assert result.code == 0 and "homuhomu" in result.out and "simulate" in result.out
    program = shutil.which(shell)
    if program:
        done = subprocess.run([program, "-n"], input=result.out, text=True, capture_output=True,
                              check=False)
        assert done.returncode == 0, done.stderr


def test_bash_completion_completes(cli):
    bash = shutil.which("bash")
    if not bash:
        pytest.skip("bash is not here")
    script = cli("completion", "bash").out + """
COMP_WORDS=(homuhomu sim); COMP_CWORD=1; COMP_LINE='homuhomu sim'; COMP_POINT=12
f=$(complete -p homuhomu | sed 's/.*-F \\([^ ]*\\) .*/\\1/'); $f homuhomu sim homuhomu
printf '%s\\n' "${COMPREPLY[@]}"
"""
    done = subprocess.run([bash], input=script, text=True, capture_output=True, check=False)
    assert "simulate" in done.stdout.split(), done


# register, invite

def token_env(fake, ca_file):
    return {"DISCORD_API_BASE": fake.api_base, "DISCORD_BOT_TOKEN": fake.token,
            "HOMU_CA_FILE": ca_file}


def test_register_writes_once(cli, fake, ca_file):
    env = token_env(fake, ca_file)
    first = cli("register", "--json", env=env, secrets=[fake.token])
    assert first.code == 0 and first.json["changed"]
    assert set(fake.wait_registered()) >= {"gacha", "daily"}
    second = cli("register", "--json", env=env, secrets=[fake.token])
    assert second.code == 0 and not second.json["changed"]
    assert len(fake.calls("PUT", "/commands")) == 1
    assert not fake.connections, "register needs no gateway"


def test_register_dry_run_ends_with_2_when_they_differ(cli, fake, ca_file):
    env = token_env(fake, ca_file)
    assert cli("register", "--dry-run", "--json", env=env).code == 2
    assert not fake.rest.commands and not fake.calls("PUT", "")
    cli("register", env=env)
    assert cli("register", "--dry-run", "--json", env=env).code == 0


def test_register_for_one_guild(cli, fake, ca_file):
    result = cli("register", "--guild", "800000000000000000", "--json", env=token_env(fake, ca_file))
    assert result.code == 0 and result.json["changed"]
    assert fake.calls("PUT", "/guilds/800000000000000000/commands")
    assert {g for g, _ in fake.rest.commands} == {800000000000000000}


@pytest.mark.parametrize("guild", ["x", "-1", "", "99999999999999999999999"])
def test_register_refuses_what_is_no_guild(cli, fake, ca_file, guild):
    assert cli("register", "--guild", guild, env=token_env(fake, ca_file)).code == 2
    assert not fake.calls("PUT", "")


def test_register_with_a_wrong_token_ends_with_7(cli, fake, ca_file):
    env = {**token_env(fake, ca_file), "DISCORD_BOT_TOKEN": payload.bot_token(5)}
    result = cli("register", env=env, secrets=[env["DISCORD_BOT_TOKEN"]])
    assert result.code == 7 and "token" in result.err.lower()


def test_register_without_a_token_names_the_variable(cli):
    result = cli("register")
    assert result.code in (2, 7) and "DISCORD_BOT_TOKEN" in result.err


def test_register_waits_for_a_429(cli, fake, ca_file):
    fake.faults.add("PUT */commands", faults.rate_limited(0.4))
    result = cli("register", "--json", env=token_env(fake, ca_file))
    assert result.code == 0 and len(fake.calls("PUT", "/commands")) == 2


def test_register_against_a_service_that_fails(cli, fake, ca_file):
    fake.faults.add("* /*", faults.status(503), faults.FOREVER)
    result = cli("register", env=token_env(fake, ca_file), timeout=110)
    assert result.code == 1 and "503" in result.err


def test_invite_prints_the_url(cli, fake, ca_file):
    result = cli("invite", env=token_env(fake, ca_file), secrets=[fake.token])
    assert result.code == 0
    url = result.out.strip()
    assert url.startswith("https://discord.com/") and f"client_id={fake.config.application_id}" in url
    assert "applications.commands" in url and "bot" in url


# health

def test_health_of_a_running_program(cli, bot):
    one = bot()
    one.wait_log("ready")
    url = f"http://127.0.0.1:{one.http_port}"
    for extra in ((), ("--strict",)):
        result = cli("health", "--url", url, "--json", *extra)
        assert result.code == 0, result
        assert all(c["ok"] is True and {"name", "ok", "detail"} == set(c)
                   for c in result.json["checks"])


def test_health_of_nothing_fails_within_two_seconds(cli):
    began = time.monotonic()
    result = cli("health", "--url", "http://127.0.0.1:1", "--json")
    assert result.code == 1 and time.monotonic() - began < 2.5
    assert any(not c["ok"] for c in result.json["checks"])


def test_health_of_a_program_that_hangs_fails_within_two_seconds(cli, bot):
    one = bot()
    one.wait_log("ready")
    port = one.http_port
    one.signal(signal.SIGSTOP)
    began = time.monotonic()
    result = cli("health", "--url", f"http://127.0.0.1:{port}")
    one.signal(signal.SIGCONT)
    assert result.code == 1 and time.monotonic() - began < 2.5


def test_health_strict_fails_where_the_gateway_is_away_and_plain_health_does_not(cli, make_fake, bot):
    fake = make_fake(heartbeat_interval_ms=400)
    one = bot(fake)
    fake.wait_ready()
    one.wait_log("ready")
    url = f"http://127.0.0.1:{one.http_port}"
    fake.go_dark()
    one.wait(lambda: one.http_get("/ready")[0] == 503, 15, "503")
    assert cli("health", "--url", url).code == 0
    strict = cli("health", "--strict", "--url", url, "--json")
    assert strict.code == 1
    assert any(not c["ok"] and c["detail"] for c in strict.json["checks"])


def test_health_uses_the_address_of_the_settings(cli, bot):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    one = bot(HOMU_HTTP=f"127.0.0.1:{port}")
    one.wait_log("ready")
    assert cli("health", env={"HOMU_HTTP": f"127.0.0.1:{port}"}).code == 0


def test_output_into_a_closed_pipe_is_no_crash(tmp_path):
    done = subprocess.run(["sh", "-c", f"{program.BIN} help | true"], cwd=tmp_path,
                          capture_output=True, check=False)
    assert done.returncode == 0 and b"Segmentation" not in done.stderr


def test_output_to_a_full_disk_is_a_failure(cli):
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full")
    with open("/dev/full", "wb") as full:
        done = subprocess.run([str(program.BIN), "version"], stdout=full, stderr=subprocess.PIPE,
                              check=False)
    assert done.returncode == 1
