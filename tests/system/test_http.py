"""The program's own HTTP server: health, readiness, metrics, the playground's door."""

import base64
import json
import re
import socket
import threading
import time

import pytest

from tests.fakes import faults, payload, wire
from tests.oracles import catalogs
from tests.system import store

APPLICATION = 1100000000000000001


@pytest.fixture
def playground(bot, tmp_path):
    """A program without a token."""
    one = bot(HOMU_CATALOG=catalogs.write(tmp_path / "catalog.json", catalogs.base()))
    one.wait_log("ready")
    return one


def interaction(name, options=None, user=42, kind=2, locale="en-US", interaction_id=None, data=None):
    words = name.split()
    listed = [{"type": 4 if isinstance(v, int) else 3, "name": k, "value": v}
              for k, v in (options or {}).items()]
    for word in reversed(words[1:]):
        listed = [{"type": 1, "name": word, "options": listed}]
    data = data or {"id": "1", "name": words[0], "type": 1, "options": listed}
    return payload.interaction(APPLICATION, interaction_id or payload.snowflake(time.time() * 1000),
                               kind, data, user, 800000000000000000, locale)


def post_files(one, body, **more):
    """Status, answer, and the files that it carries: {name: bytes}."""
    status, headers, data = one.http("POST", "/interactions", body, **more)
    if not headers.get("content-type", "").startswith("multipart/"):
        return status, json.loads(data) if data else None, {}
    parts = wire.multipart_parts(headers["content-type"], data)
    assert parts[0][0] == "payload_json" and [p[0] for p in parts[1:]] == [f"files[{n}]" for n in range(len(parts) - 1)]
    return status, json.loads(parts[0][3]), {p[1]: p[3] for p in parts[1:]}


def post(one, body, **more):
    return post_files(one, body, **more)[:2]


# Health

def test_health_is_healthy(playground):
    assert playground.http_get("/health") == (200, {"status": "healthy"})


def test_health_db_is_connected(playground):
    assert playground.http_get("/health/db") == (200, {"status": "healthy", "db": "connected"})


def test_health_db_is_unhealthy_while_the_store_is_unusable(playground):
    with store.locked(playground.directory):
        status, body = playground.http_get("/health/db")
        # A locked store can still be read; both answers are honest, health itself never fails.
        assert (status, body) in ((200, {"status": "healthy", "db": "connected"}),
                                  (500, {"status": "unhealthy", "db": "disconnected"}))
        assert playground.http_get("/health") == (200, {"status": "healthy"})
    assert playground.http_get("/health/db")[0] == 200


def test_ready_in_the_playground(playground):
    assert playground.http_get("/ready") == (200, {"status": "ready"})


def test_ready_follows_the_gateway(make_fake, bot):
    fake = make_fake(heartbeat_interval_ms=400)
    fake.faults.add("gateway:upgrade", faults.http(503), 2)
    one = bot(fake)
    status, body = one.http_get("/ready")
    assert status == 503 and body["status"] != "ready"
    assert any(isinstance(v, str) and v for k, v in body.items() if k != "status")
    fake.wait_ready(40)
    one.wait(lambda: one.http_get("/ready")[0] == 200, 10, "/ready")
    assert one.http_get("/health")[0] == 200


def test_ready_is_not_given_while_the_gateway_is_away(make_fake, bot):
    fake = make_fake(heartbeat_interval_ms=400)
    one = bot(fake)
    fake.wait_ready()
    one.wait(lambda: one.http_get("/ready")[0] == 200, 10, "/ready")
    fake.go_dark()
    one.wait_log("reconnecting")
    one.wait(lambda: one.http_get("/ready")[0] == 503, 15, "503")
    assert one.http_get("/health") == (200, {"status": "healthy"})
    fake.come_back()
    one.wait(lambda: one.http_get("/ready")[0] == 200, 40, "/ready again")


def test_metrics_are_prometheus_text(playground):
    post(playground, interaction("ping"))
    status, headers, body = playground.http("GET", "/metrics")
    assert status == 200 and headers["content-type"].startswith("text/plain")
    # process_* are the names that every Prometheus client gives to the process itself.
    seen = 0
    for line in body.decode().splitlines():
        if line.startswith("#"):
            assert re.match(r"^# (HELP|TYPE) (homu|process)_[a-z0-9_]+ .+$", line), line
            continue
        assert re.match(r'^(homu|process)_[a-z0-9_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? -?[0-9.e+-]+$',
                        line), line
        seen += 1
    assert seen >= 5


def test_the_page_answers(playground):
    status, headers, body = playground.http("GET", "/")
    assert status == 200 and body


@pytest.mark.parametrize("method, path, status", [
    ("GET", "/nothing", 404), ("POST", "/health", 405), ("DELETE", "/interactions", 405),
    ("GET", "/interactions", 405), ("GET", "/../etc/passwd", 404), ("GET", "/health/", 404)])
def test_other_paths_and_methods(playground, method, path, status):
    got, _, _ = playground.http(method, path, b"" if method == "POST" else None)
    assert got == status


def test_head_is_allowed_where_get_is(playground):
    status, _, body = playground.http("HEAD", "/health")
    assert status in (200, 405) and body == b""


# Who may ask

@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_a_loopback_host_is_accepted(playground, host):
    port = playground.http_port
    assert playground.http("GET", "/ready", headers={"Host": f"{host}:{port}"})[0] == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8787", "localhost.evil.example",
                                  "127.0.0.1.evil.example", "192.168.0.1", "0.0.0.0", ""])
def test_another_host_is_refused_in_the_playground(playground, host):
    body = json.dumps(interaction("ping")).encode()
    assert playground.http("POST", "/interactions", body, headers={"Host": host})[0] in (400, 403)
    assert playground.http("GET", "/", headers={"Host": host})[0] in (400, 403)


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:1", "null",
                                    "http://127.0.0.1.evil.example"])
def test_another_origin_is_refused_in_the_playground(playground, origin):
    body = json.dumps(interaction("ping")).encode()
    assert playground.http("POST", "/interactions", body, headers={"Origin": origin})[0] == 403


def test_its_own_origin_is_accepted(playground):
    port = playground.http_port
    for host in (f"127.0.0.1:{port}", f"localhost:{port}"):
        status, _, _ = playground.http("POST", "/interactions", json.dumps(
            interaction("ping")).encode(), headers={"Host": host, "Origin": f"http://{host}"})
        assert status == 200


def test_beyond_loopback_only_health_is_served_without_a_password(bot):
    one = bot(HOMU_HTTP="0.0.0.0:0")
    one.wait_log("ready")
    port = one.http_port
    for path in ("/health", "/health/db", "/ready"):
        assert one.http("GET", path, headers={"Host": f"127.0.0.1:{port}"})[0] == 200
    for path in ("/", "/metrics", "/nothing"):
        assert one.http("GET", path)[0] == 403
    assert one.http("POST", "/interactions", json.dumps(interaction("ping")).encode())[0] == 403


def test_a_password_opens_the_page_beyond_loopback(bot):
    one = bot(HOMU_HTTP="0.0.0.0:0", HOMU_WEB_PASSWORD="open sesame", secrets=["open sesame"])
    one.wait_log("ready")
    assert one.http("GET", "/metrics")[0] in (401, 403)
    for name, word, status in (("homu", "open sesame", 200), ("homu", "wrong", 401)):
        given = base64.b64encode(f"{name}:{word}".encode()).decode()
        got = one.http("GET", "/metrics", headers={"Authorization": "Basic " + given})[0]
        assert got == status or (status == 401 and got == 403)


# POST /interactions without a token

@pytest.mark.parametrize("name, options", [
    ("ping", None), ("help", None), ("gacha pull", None), ("gacha pull", {"count": 10}),
    ("gacha banners", None), ("daily", None), ("profile", None), ("history", None)])
def test_every_command_answers_over_http(playground, name, options):
    status, body = post(playground, interaction(name, options))
    assert status == 200 and body["type"] == 4
    assert body["data"].get("embeds") or body["data"].get("content")
    assert body["data"]["allowed_mentions"]["parse"] == []


def test_ping_is_answered_by_pong(playground):
    body = {"id": "1", "application_id": "1", "type": 1, "token": "x", "version": 1}
    assert post(playground, body) == (200, {"type": 1})


def test_a_repeated_id_gets_the_first_answer_again(playground):
    pull = interaction("gacha pull", {"count": 10})
    first = post(playground, pull)
    assert post(playground, pull) == first
    assert post(playground, pull) == first
    receipts = store.Snapshot(playground.directory).receipts("42")
    assert len(receipts) == 10


def test_a_repeated_id_gets_the_first_answer_after_a_restart(playground, bot, tmp_path):
    pull = interaction("gacha pull")
    first = post(playground, pull)
    playground.stop()
    again = bot(HOMU_CATALOG=tmp_path / "catalog.json")
    again.wait_log("ready")
    assert post(again, pull) == first
    assert len(store.Snapshot(again.directory).receipts("42")) == 1


def test_a_repeated_id_of_a_command_without_a_change_is_the_same_too(playground):
    asked = interaction("profile")
    first = post(playground, asked)
    post(playground, interaction("gacha pull"))
    assert post(playground, asked) == first


def test_the_answer_is_the_same_json_at_both_doors(make_fake, bot, tmp_path):
    """Same store, same clock up to the second, nothing random: the same document."""
    path = catalogs.write(tmp_path / "catalog.json", catalogs.base())
    fake = make_fake()
    bot(fake, HOMU_CATALOG=path, directory=tmp_path / "gateway")
    fake.wait_ready()
    fake.wait_registered()
    two = bot(HOMU_CATALOG=path, directory=tmp_path / "http")
    two.wait_log("ready")
    for name in ("ping", "help", "gacha banners", "history", "profile"):
        sent = fake.interaction(name, user=42, locale="en-US")
        sent.wait()
        _, body = post(two, interaction(name))
        assert sent.callbacks[0].json == body, name


def test_buttons_work_over_http(playground):
    _, first = post(playground, interaction("gacha pull"))
    button = first["data"]["components"][0]["components"][0]
    pressed = interaction("x", kind=3, data={"custom_id": button["custom_id"], "component_type": 2})
    pressed["message"] = {"id": "5", "channel_id": "6"}
    status, body = post(playground, pressed)
    assert status == 200 and body["data"]["embeds"]
    assert len(store.Snapshot(playground.directory).receipts("42")) == 2


def test_autocompletion_works_over_http(playground):
    asked = interaction("gacha pull", {"banner": "lim"}, kind=4)
    asked["data"]["options"][0]["options"][0]["focused"] = True
    status, body = post(playground, asked)
    assert status == 200 and body["type"] == 8
    assert [c["value"] for c in body["data"]["choices"]] == ["limited"]


def test_age_is_no_reason_to_refuse_over_http(playground):
    old = interaction("ping", interaction_id=payload.snowflake(time.time() * 1000 - 60_000))
    assert post(playground, old)[0] == 200


BAD_BODIES = {
    "empty": b"", "text": b"hello", "cut": b'{"id":"1"', "array": b"[]", "null": b"null",
    "empty-object": b"{}", "utf8": b'{"id":"\xff"}', "surrogate": b'{"id":"\\ud800"}',
    "twice": b'{"id":"1","id":"2"}', "deep": b"[" * 10000 + b"]" * 10000,
    "type": b'{"id":"1","application_id":"1","type":99,"token":"x"}',
    "id": b'{"id":"x","application_id":"1","type":2,"token":"x"}',
    "no-data": b'{"id":"1","application_id":"1","type":2,"token":"x"}', "nul": b'{"id":"\x00"}',
}


@pytest.mark.parametrize("name", BAD_BODIES)
def test_a_bad_body_is_a_400(playground, name):
    status, _, _ = playground.http("POST", "/interactions", BAD_BODIES[name])
    assert status == 400
    assert playground.http_get("/health")[0] == 200


def test_too_large_a_body_is_a_413(playground):
    body = json.dumps({**interaction("ping"), "pad": "x" * (1 << 20)}).encode()
    try:
        assert playground.http("POST", "/interactions", body)[0] == 413
    except (ConnectionError, BrokenPipeError):
        pass        # refused before the body was read
    assert playground.http_get("/health")[0] == 200


@pytest.mark.parametrize("raw", [
    b"GET /health HTTP/1.1\r\n\r\n", b"\r\n\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
    b"GET /health\r\n\r\n", b"POST /interactions HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
    b"POST /interactions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"POST /interactions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: " + b"y" * 100_000 + b"\r\n\r\n"])
def test_broken_requests_do_no_harm(playground, raw):
    with socket.create_connection(("127.0.0.1", playground.http_port), 5) as link:
        link.settimeout(5)
        try:
            link.sendall(raw)
            link.shutdown(socket.SHUT_WR)
            link.recv(4096)
        except OSError:
            pass
    assert playground.http_get("/health")[0] == 200


def test_slow_clients_do_not_keep_others_waiting(playground):
    links = []
    for _ in range(20):
        link = socket.create_connection(("127.0.0.1", playground.http_port), 5)
        link.sendall(b"POST /interactions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n{")
        links.append(link)
    began = time.monotonic()
    assert playground.http_get("/health")[0] == 200
    assert post(playground, interaction("ping"))[0] == 200
    assert time.monotonic() - began < 2
    for link in links:
        link.close()


def test_a_client_that_leaves_early_is_no_harm(playground):
    body = json.dumps(interaction("gacha pull", {"count": 10}, user=77)).encode()
    for _ in range(10):
        with socket.create_connection(("127.0.0.1", playground.http_port), 5) as link:
            link.sendall(b"POST /interactions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                         b"Content-Length: %d\r\n\r\n" % len(body) + body)
    assert post(playground, interaction("ping"))[0] == 200
    # The same id ten times: at most one ten-pull.
    assert len(store.Snapshot(playground.directory).receipts("77")) in (0, 10)


def test_many_at_once(playground):
    codes = []

    def work(number):
        codes.append(post(playground, interaction("gacha pull", user=1000 + number))[0])
    threads = [threading.Thread(target=work, args=(n,)) for n in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [200] * 40


# Start and end

def test_start_says_version_door_store_and_address(playground, cli):
    record = playground.wait_log("start")
    assert record["version"] == cli("version", "--json").json["version"]
    assert record["door"] == "playground" and "sqlite" in record["store"]
    assert str(playground.http_port) in record["http"]
    assert re.match(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)$", record["ts"])
    assert record["level"] == "info"


def test_the_gateway_door_says_so(fake, bot):
    one = bot(fake)
    assert one.wait_log("start")["door"] == "gateway"


def test_sigterm_says_stopping_and_ends_with_0(playground):
    assert playground.stop() == 0
    assert playground.logged("stopping")


def test_a_port_that_is_taken_is_told_with_the_next_step(bot, cli):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        one = bot(HOMU_HTTP=f"127.0.0.1:{port}")
        one.expected = (1, 2)
        assert one.wait_exit(20) in (1, 2)
        text = one.errors.decode()
        assert str(port) in text and "HOMU_HTTP" in text


def test_a_store_that_cannot_be_made_is_told(bot, tmp_path):
    one = bot(HOMU_STORE=f"sqlite:{tmp_path}/no/such/folder/x.db")
    one.expected = (2,)
    assert one.wait_exit(20) == 2
    assert "no/such/folder" in one.errors.decode()


def test_a_store_that_is_no_database_is_told_and_kept(bot, tmp_path):
    path = tmp_path / "store.db"
    path.write_bytes(b"this is somebody's letter, not a database, and must not be lost" * 100)
    before = path.read_bytes()
    one = bot()
    one.expected = (1, 2)
    assert one.wait_exit(20) in (1, 2)
    assert path.read_bytes() == before


def test_text_logs_are_for_people(bot):
    one = bot(HOMU_LOG="text")
    one.wait(lambda: any(re.search(r"127\.0\.0\.1:[1-9]", line) for line in one.other), 10,
             "the address")
    assert not one.log


def test_an_interactions_endpoint_beside_the_gateway_is_told_at_start(make_fake, bot):
    fake = make_fake(interactions_endpoint_url="https://bot.example/interactions")
    one = bot(fake)
    one.wait(lambda: any(r["level"] == "warn" and "endpoint" in json.dumps(r) for r in one.log), 15,
             "a word about both doors")
