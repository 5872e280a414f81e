"""discord.md, line 20, and the mistakes that people make with tokens."""

import base64
import hashlib
import http.server
import json
import pathlib
import re
import threading
import types

import pytest

from tests.fakes import faults, payload
from tests.system import store

APPLICATION = 1100000000000000001
ARN = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:homuhomu/discord-AbCdEf"


@pytest.fixture
def webhook():
    """A webhook on loopback: its address, and the JSON bodies that it took."""
    bodies = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            bodies.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield types.SimpleNamespace(url=f"http://127.0.0.1:{server.server_port}/hook", bodies=bodies)
    server.shutdown()
    server.server_close()


def said(one):
    return one.errors.decode("utf-8", "replace") + one.output.decode("utf-8", "replace")


def start_wrong(bot, value, fake=None, **env):
    """A start that has to be refused by the token's form: its words, exit code 7."""
    more = {"DISCORD_API_BASE": fake.api_base} if fake else {}
    one = bot(DISCORD_BOT_TOKEN=value, secrets=[value] if value else [], **more, **env)
    one.expected = (7,)
    assert one.wait_exit(20) == 7
    return said(one)


WRONG = {
    "bare-arn": ARN,
    "arn-with-key": ARN + ":DISCORD_BOT_TOKEN::",
    "json-secret": json.dumps({"DISCORD_BOT_TOKEN": payload.bot_token(APPLICATION)}),
    "json-other": json.dumps({"other": "value-of-a-secret"}),
    "client-secret": "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7_-xCc",
    "public-key": "3f" * 32,
    "application-id": str(APPLICATION),
    "bot-prefix-only": "Bot ",
    "webhook": "https://discord.com/api/webhooks/1/abcdefghijklmnop",
}
# Nothing that people are known to mistake for a token: Discord itself may say no.
STRANGE = {
    "two-parts": "MTEwMDAwMDAwMDAwMDAwMDAwMQ.GabcdE",
    "not-base64": "!!!!.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789AB",
    "placeholder": "your-token-here",
    "word": "changeme",
}


@pytest.mark.parametrize("name", WRONG)
def test_l20_a_token_that_is_none_by_its_form_is_refused_without_a_call(fake, bot, name):
    text = start_wrong(bot, WRONG[name], fake)
    assert "DISCORD_BOT_TOKEN" in text
    assert not fake.requests


@pytest.mark.parametrize("name", STRANGE)
def test_l20_a_strange_token_costs_one_call_at_most(fake, bot, name):
    text = start_wrong(bot, STRANGE[name], fake)
    assert "DISCORD_BOT_TOKEN" in text
    assert len(fake.requests) <= 1 and not fake.connections


def test_l20_each_mistake_has_a_message_of_its_own_with_the_next_step(fake, bot):
    seen = {name: start_wrong(bot, WRONG[name], fake)
            for name in ("bare-arn", "json-secret", "client-secret", "public-key")}
    seen["missing"] = start_wrong(bot, None, fake, ECS_CONTAINER_METADATA_URI_V4="http://169.254.170.2/v4/x")

    def words(text):
        """The messages without times."""
        lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        return json.dumps([{k: v for k, v in r.items() if k != "ts"} for r in lines]) if lines else text
    assert len({words(t) for t in seen.values()}) == len(seen)
    assert re.search(r":DISCORD_BOT_TOKEN::", seen["bare-arn"]), "the ARN as it should be"
    assert re.search(r"DISCORD_BOT_TOKEN::|valueFrom|key", seen["json-secret"])
    assert re.search(r"[Cc]lient [Ss]ecret", seen["client-secret"])
    assert "DISCORD_BOT_TOKEN" in seen["missing"]


def test_l20_missing_on_ecs_names_the_variable_and_exits_7(bot):
    one = bot(ECS_CONTAINER_METADATA_URI_V4="http://169.254.170.2/v4/abc")
    one.expected = (7,)
    assert one.wait_exit(20) == 7
    text = said(one)
    assert "DISCORD_BOT_TOKEN" in text and re.search("secrets|task definition|valueFrom", text, re.I)


def test_l20_empty_on_ecs_is_missing(bot):
    one = bot(ECS_CONTAINER_METADATA_URI_V4="http://169.254.170.2/v4/abc", DISCORD_BOT_TOKEN="")
    one.expected = (7,)
    assert one.wait_exit(20) == 7


def test_l20_missing_elsewhere_is_the_playground(bot):
    one = bot()
    assert one.wait_log("start")["door"] == "playground"
    one.wait_log("ready")


def test_l20_a_wrong_token_gets_401_and_exit_7(fake, bot):
    wrong = payload.bot_token(APPLICATION)
    text_of = bot(DISCORD_BOT_TOKEN=wrong, DISCORD_API_BASE=fake.api_base, secrets=[wrong])
    text_of.expected = (7,)
    assert text_of.wait_exit(20) == 7
    assert text_of.logged("refused")[0]["code"] == 401
    assert re.search("reset|copy|Developer Portal|portal", said(text_of), re.I)
    assert len(fake.requests) == 1


def test_l20_a_refusal_for_good_is_an_alarm(fake, bot, webhook):
    fake.faults.add("gateway:identify", faults.close(4004))
    one = bot(fake, HOMU_ALERT_WEBHOOK=webhook.url)
    one.expected = (7,)
    assert one.wait_exit(20) == 7
    [body] = webhook.bodies
    assert "4004" in body["content"] and body["allowed_mentions"] == {"parse": []}


def test_l20_4004_and_exit_7(fake, bot):
    fake.faults.add("gateway:identify", faults.close(4004))
    one = bot(fake)
    one.expected = (7,)
    assert one.wait_exit(20) == 7
    assert one.logged("refused")[0]["code"] == 4004


def test_l20_privileged_intents_4014_and_exit_7(fake, bot):
    fake.faults.add("gateway:identify", faults.close(4014))
    one = bot(fake)
    one.expected = (7,)
    assert one.wait_exit(20) == 7
    assert one.logged("refused")[0]["code"] == 4014
    assert re.search("intent", said(one), re.I)


def test_l20_refusals_differ_in_their_words(make_fake, bot, tmp_path):
    texts = set()
    for code in (4004, 4010, 4011, 4012, 4013, 4014):
        fake = make_fake()
        fake.faults.add("gateway:identify", faults.close(code))
        # A store of its own, or the five seconds between two IDENTIFYs would count.
        one = bot(fake, directory=tmp_path / str(code))
        one.expected = (7,)
        one.wait_exit(20)
        record = dict(one.logged("refused")[0])
        for key in ("ts", "code", "_at"):
            record.pop(key)
        texts.add(json.dumps(record))
    assert len(texts) == 6


# Where the token may come from

def test_l20_the_token_may_come_from_a_file(fake, bot, tmp_path):
    path = tmp_path / "token"
    path.write_text(fake.token + "\n")
    bot(DISCORD_BOT_TOKEN_FILE=path, DISCORD_API_BASE=fake.api_base, secrets=[fake.token])
    fake.wait_ready()


def test_l20_a_token_file_that_is_not_there_is_named(bot, tmp_path):
    one = bot(DISCORD_BOT_TOKEN_FILE=tmp_path / "nowhere")
    one.expected = (2, 7)
    assert one.wait_exit(20) in (2, 7)
    assert "nowhere" in said(one)


def test_l20_the_token_may_come_from_systemd_credentials(fake, bot, tmp_path):
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "DISCORD_BOT_TOKEN").write_text(fake.token)
    bot(CREDENTIALS_DIRECTORY=credentials, DISCORD_API_BASE=fake.api_base, secrets=[fake.token])
    fake.wait_ready()


def test_l20_homuhomu_env_is_read_beside_the_program_but_not_on_ecs(fake, bot, tmp_path):
    (tmp_path / "homuhomu.env").write_text(f"DISCORD_BOT_TOKEN={fake.token}\n")
    one = bot(DISCORD_API_BASE=fake.api_base, secrets=[fake.token])
    fake.wait_ready()
    one.stop()
    second = bot(DISCORD_API_BASE=fake.api_base, secrets=[fake.token],
                 ECS_CONTAINER_METADATA_URI_V4="http://169.254.170.2/v4/abc")
    second.expected = (7,)
    assert second.wait_exit(20) == 7


@pytest.mark.parametrize("option", ["--token", "--discord-bot-token", "--bot-token"])
def test_l20_the_token_is_never_taken_from_an_argument(cli, option):
    token = payload.bot_token(APPLICATION)
    result = cli("run", option, token, secrets=[token])
    assert result.code == 2


def test_l20_spaces_and_a_bot_prefix_around_the_token_are_forgiven_or_explained(fake, bot):
    for form in (fake.token + "\n", "  " + fake.token, "Bot " + fake.token):
        one = bot(DISCORD_BOT_TOKEN=form, DISCORD_API_BASE=fake.api_base, secrets=[fake.token])
        one.expected = (0, 7)
        one.wait(lambda o=one: o.logged("ready") or not o.running, 15, "READY or a refusal")
        if one.running:
            assert one.stop() == 0
        else:
            assert one.wait_exit() == 7
            assert "DISCORD_BOT_TOKEN" in said(one)


# Where it must not be

def test_l20_the_environment_of_the_process_is_wiped(ready):
    fake, one = ready
    try:
        data = pathlib.Path(f"/proc/{one.pid}/environ").read_bytes()
    except PermissionError:
        return      # a process that is not dumpable shows it to root alone
    assert fake.token.encode() not in data
    assert b"DISCORD_BOT_TOKEN=" + fake.token.encode()[:8] not in data


def test_l20_the_command_line_has_no_secret(ready):
    fake, one = ready
    assert fake.token.encode() not in pathlib.Path(f"/proc/{one.pid}/cmdline").read_bytes()


def test_l20_core_dumps_are_disabled(ready):
    _, one = ready
    limits = pathlib.Path(f"/proc/{one.pid}/limits").read_text()
    assert re.search(r"Max core file size\s+0\s+0\s", limits)


def test_l20_pages_and_metrics_have_no_secret(ready):
    fake, one = ready
    fake.command("ping")
    for path in ("/", "/health", "/health/db", "/ready", "/metrics", "/nothing"):
        _, _, body = one.http("GET", path)
        assert fake.token.encode() not in body
        first = fake.token.split(".")
        assert first[1].encode() + b"." not in body and first[2].encode() not in body


def test_l20_the_debug_log_has_no_secret(make_fake, bot):
    fake = make_fake()
    one = bot(fake, HOMU_LOG_LEVEL="debug")
    fake.wait_ready()
    fake.wait_registered()
    fake.command("ping")
    pull = fake.command("gacha pull")
    assert pull.text
    conn = fake.live()[0]
    conn.drop()
    fake.wait_ready(after=conn.number)
    # The token of an interaction lets anybody answer in our name for 15 minutes.
    text = said(one)
    assert fake.token.split(".")[2] not in text
    assert not any(i.token in text for i in fake.rest.interactions.values())


def test_l20_the_store_has_no_token(ready):
    fake, one = ready
    fake.command("gacha pull")
    one.stop()
    for path in one.directory.iterdir():
        if path.name.startswith("store.db"):
            assert fake.token.encode() not in path.read_bytes()


def test_l20_text_logs_have_no_secret_either(fake, bot):
    one = bot(fake, HOMU_LOG="text", HOMU_LOG_LEVEL="debug")
    fake.wait_ready()
    fake.wait_registered()
    fake.command("ping")
    assert one.stop() == 0
    assert one.other and not one.log
    assert fake.token.split(".")[2] not in said(one)


def test_l20_a_seed_is_never_logged_and_sealed_at_rest_with_a_key(make_fake, bot):
    fake = make_fake()
    key = "7a" * 32
    one = bot(fake, HOMU_SEED_KEY=key, HOMU_LOG_LEVEL="debug", secrets=[key])
    fake.wait_ready()
    fake.wait_registered()
    user = fake.new_user()
    fake.command("gacha pull", user=user)
    document = json.dumps(store.Snapshot(one.directory).users[str(user)])
    one.stop()
    # Without the key nothing in the file is the pre-image of the commitment.
    commit = store.Snapshot(one.directory).receipts(str(user))[0]["commit"]
    for found in re.findall(r"[0-9a-f]{64}", document):
        assert hashlib.sha256(bytes.fromhex(found)).hexdigest() != commit
    for found in re.findall(r"[A-Za-z0-9+/_-]{43}", document):
        raw = base64.urlsafe_b64decode(found.replace("+", "-").replace("/", "_") + "=")
        assert hashlib.sha256(raw).hexdigest() != commit
