"""`make bench`: the figures that the README quotes, on the shipped binary, beside a discord.py and a
discord.js bot that answer the same commands on the same mock in the same run.

ARGS=--write puts the tables into README.md and README.ja.md; ARGS=--quick takes a tenth of the load.
"""

import argparse
import asyncio
import contextlib
import email
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

from tests.bench.mock import Mock, interaction
from tests.fakes.certs import Authority

ROOT = pathlib.Path(__file__).resolve().parents[2]
PEERS = pathlib.Path(__file__).resolve().parent / "peers"
BINARY = pathlib.Path(os.environ.get("HOMUHOMU_BIN", ROOT / "build/homuhomu")).resolve()
WORK = ROOT / "build/bench"
TOKEN = "MTEwMDAwMDAwMDAwMDAwMDAwMQ.bEnChM.0123456789abcdefghijklmnopqrstuvwxyz01"
RATE = 200


def homuhomu(folder, mock, ca):
    env = {"DISCORD_BOT_TOKEN": TOKEN, "DISCORD_API_BASE": mock.api_base, "HOMU_HTTP": "127.0.0.1:0",
           "HOMU_STORE": f"sqlite:{folder}/homuhomu.db", "HOMU_LOG": "json"}
    if ca:
        env["HOMU_CA_FILE"] = str(ca)
    return [str(BINARY), "run"], env


def discord_py(folder, mock, _ca):
    env = {"DISCORD_BOT_TOKEN": TOKEN, "DISCORD_API_BASE": mock.api_base, "PYTHONDONTWRITEBYTECODE": "1",
           "BENCH_GATEWAY": f"ws://localhost:{mock.port}", "PATH": os.environ["PATH"]}
    return [sys.executable, str(PEERS / "bot.py"), f"{folder}/peer.db"], env


def discord_js(folder, mock, _ca):
    modules = install_peers()
    env = {"DISCORD_BOT_TOKEN": TOKEN, "DISCORD_API_BASE": mock.api_base, "PATH": os.environ["PATH"],
           "NODE_PATH": str(modules)}
    return ["node", str(PEERS / "bot.js"), f"{folder}/peer.log"], env


CLIENTS = {"homuhomu": homuhomu, "discord.py": discord_py, "discord.js": discord_js}


def install_peers():
    """discord.js as package-lock.json pins it, installed once under build/."""
    folder = WORK / "peers"
    lock = PEERS / "package-lock.json"
    stamp = folder / "package-lock.json"
    if not (stamp.exists() and stamp.read_bytes() == lock.read_bytes() and (folder / "node_modules/discord.js").is_dir()):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        shutil.copy(PEERS / "package.json", folder)
        shutil.copy(lock, folder / "package-lock.json.new")
        (folder / "package-lock.json.new").rename(folder / "package-lock.json")
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"], cwd=folder,
                       check=True, stdout=subprocess.DEVNULL)
    return folder / "node_modules"


def resident_kb(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1])


def cpu_us(pid):
    """Time on the processor of every thread, from the scheduler's nanoseconds."""
    total = 0
    for thread in pathlib.Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError):
            total += int((thread / "schedstat").read_text().split()[0])
    return total / 1000


def quantile(values, q):
    return values[min(len(values) - 1, int(q * len(values)))]


@contextlib.asynccontextmanager
async def running(client, mock, ca=None):
    with tempfile.TemporaryDirectory(dir=WORK) as folder:
        command, env = CLIENTS[client](folder, mock, ca)
        with open(f"{folder}/log", "wb") as log:
            process = subprocess.Popen(command, env=env, cwd=folder, stdout=log, stderr=log)
        try:
            try:
                await asyncio.wait_for(mock.identified.wait(), 30)
            except asyncio.TimeoutError:
                raise SystemExit(f"bench: {client} did not identify:\n{pathlib.Path(folder, 'log').read_text()[-2000:]}") from None
            yield process
        finally:
            process.kill()
            process.wait()


async def measure_client(client, count, guilds, ca=None, tls=None):
    """One process: resident at READY, then /ping and /gacha pull at RATE."""
    async with Mock(guilds, tls) as mock, running(client, mock, ca) as process:
        await asyncio.sleep(3)
        row = {"resident": resident_kb(process.pid)}
        if not count:
            return row
        ping = lambda i: interaction("ping", 500000000000000000 + i % 50)
        pull = lambda i: interaction("gacha", 600000000000000000 + i, [{"type": 1, "name": "pull", "options": []}])
        await mock.load(ping, count // 10, RATE)  # warm
        before = cpu_us(process.pid)
        ping_latency = await mock.load(ping, count, RATE)
        row["ping_cpu"] = (cpu_us(process.pid) - before) / count
        before = cpu_us(process.pid)
        pull_latency = await mock.load(pull, count, RATE)
        row["pull_cpu"] = (cpu_us(process.pid) - before) / count
        row["ping"] = [quantile(ping_latency, q) * 1000 for q in (0.5, 0.99)]
        row["pull"] = [quantile(pull_latency, q) * 1000 for q in (0.5, 0.99)]
        row["loaded"] = resident_kb(process.pid)
        return row


async def measure_start(runs):
    """Milliseconds from before fork to the IDENTIFY on the mock."""
    times = []
    for _ in range(runs):
        async with Mock() as mock:
            begin = time.perf_counter()
            async with running("homuhomu", mock):
                times.append((mock.identified_at - begin) * 1000)
    return times


def measure_fdatasync(count):
    """A bare 4 kB write and fdatasync on the same file system, in milliseconds, sorted."""
    times = []
    with tempfile.NamedTemporaryFile(dir=WORK) as file:
        block = b"x" * 4096
        for _ in range(count):
            begin = time.perf_counter()
            os.write(file.fileno(), block)
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - begin) * 1000)
    return sorted(times)


def simulate(pulls, seed=None):
    banner = json.loads(subprocess.run([BINARY, "catalog", "show"], check=True, capture_output=True).stdout)["banners"][0]["id"]
    command = [BINARY, "simulate", banner, "--pulls", str(pulls), "--json"] + (["--seed", seed] if seed else [])
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["pulls_per_second"]


def post_pull(address, user):
    """One ten-pull at the playground; the bytes of its picture."""
    ten = [{"type": 4, "name": "count", "value": 10}]
    _, body = interaction("gacha", user, [{"type": 1, "name": "pull", "options": ten}])
    request = urllib.request.Request(f"http://{address}/interactions", json.dumps(body).encode(),
                                     {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        parts = email.message_from_bytes(f"Content-Type: {answer.headers['Content-Type']}\n\n".encode() + answer.read())
    return len(parts.get_payload()[1].get_payload(decode=True))


def measure_play(count):
    """Ten-pulls with their pictures at the playground, a new player each, and the page's files between them."""
    with tempfile.TemporaryDirectory(dir=WORK) as folder:
        env = {"HOMU_HTTP": "127.0.0.1:0", "HOMU_STORE": f"sqlite:{folder}/homuhomu.db", "HOMU_LOG": "json"}
        with subprocess.Popen([str(BINARY), "play"], env=env, cwd=folder, stderr=subprocess.PIPE, text=True) as process:
            try:
                address = next(record["http"] for record in map(json.loads, process.stderr) if record["msg"] == "start")
                urllib.request.urlopen(f"http://{address}/").read()
                post_pull(address, 1)  # unpacks the font
                before = cpu_us(process.pid)
                pictures = sorted(post_pull(address, 1000 + i) for i in range(count))
                return {"cpu": (cpu_us(process.pid) - before) / count, "resident": resident_kb(process.pid),
                        "picture": pictures[-1]}
            finally:
                process.kill()


def built_in():
    """Bytes in the program of the font, the page, the TLS roots."""
    gen = ROOT / "build/gen"
    return [(gen / "font.otf.z").stat().st_size, sum(f.stat().st_size for f in (gen / "page").iterdir()),
            (gen / "ca.pem.z").stat().st_size]


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def write_readme(text):
    for name in ("README.md", "README.ja.md"):
        path = ROOT / name
        old = path.read_text()
        new, count = re.subn(r"(<!-- bench -->\n).*?(<!-- /bench -->)", lambda m: m[1] + text + "\n" + m[2], old, flags=re.S)
        if not count:
            raise SystemExit(f"bench: {name} has no <!-- bench --> … <!-- /bench -->")
        path.write_text(new)


async def main():
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--write", action="store_true", help="put the tables into the READMEs")
    parser.add_argument("--quick", action="store_true", help="a tenth of the load")
    options = parser.parse_args()
    scale = 10 if options.quick else 1
    count = 4000 // scale
    WORK.mkdir(parents=True, exist_ok=True)
    say = lambda text: print(f"  BENCH {text}", file=sys.stderr, flush=True)

    size = BINARY.stat().st_size
    font, page, roots = built_in()
    say("play")
    play = measure_play(200 // scale)
    say("start to IDENTIFY")
    start = sorted(await measure_start(20 // scale + 1))
    say("simulate")
    fast = simulate(200_000_000 // scale)
    verifiable = simulate(10_000_000 // scale, "00" * 32)
    rows, sync = {}, []
    for client in CLIENTS:
        say(f"{client}: {count} /ping and {count} /gacha pull at {RATE}/s")
        sync += measure_fdatasync(1000 // scale)
        rows[client] = await measure_client(client, count, 1)
        say(f"{client}: 1,000 servers")
        rows[client]["resident_1000"] = (await measure_client(client, 0, 1000))["resident"]
    say("homuhomu over TLS")
    authority = Authority()
    ca = WORK / "ca.pem"
    pem = authority.root_pem()
    ca.write_bytes(pem if isinstance(pem, bytes) else pem.encode())
    rows["homuhomu, TLS"] = await measure_client("homuhomu", count, 1, ca, authority.server_context())
    sync.sort()

    mega = lambda kb: f"{kb / 1000:.1f} MB"
    pair = lambda values: f"{values[0]:.2f} / {values[1]:.2f} ms"
    peers = table(
        ["", "resident, 1 / 1,000 servers", "after load", "CPU per /ping", "/ping p50 / p99", "CPU per pull", "/gacha pull p50 / p99"],
        [[name, " / ".join(mega(row[key]) for key in ("resident", "resident_1000") if key in row), mega(row["loaded"]),
          f"{row['ping_cpu']:.0f} µs", pair(row["ping"]), f"{row['pull_cpu']:.0f} µs", pair(row["pull"])]
         for name, row in rows.items()])
    floor = quantile(sync, 0.99)
    own = rows["homuhomu"]
    goals = [
        ("binary", f"{size / 1e6:.2f} MB", "≤ 2.5 MB", size <= 2.5e6),
        ("of it: font, page, TLS roots (compressed)", f"{font / 1e3:.0f} kB, {page / 1e3:.0f} kB, {roots / 1e3:.0f} kB",
         "page ≤ 80 kB", page <= 80e3),
        ("resident while playing", mega(play["resident"]), "≤ 8 MB", play["resident"] <= 8000),
        ("CPU per ten-pull with its picture", f"{play['cpu'] / 1000:.1f} ms", "≤ 20 ms", play["cpu"] <= 20000),
        ("largest picture", f"{play['picture'] / 1e3:.0f} kB", "≤ 60 kB", play["picture"] <= 60000),
        ("resident at READY, 1 / 1,000 servers", f"{mega(own['resident'])} / {mega(own['resident_1000'])}", "≤ 6 MB, the same",
         max(own["resident"], own["resident_1000"]) <= 6000 and abs(own["resident"] - own["resident_1000"]) <= 300),
        (f"CPU per /ping at {RATE}/s", f"{own['ping_cpu']:.0f} µs", "≤ 100 µs", own["ping_cpu"] <= 100),
        ("/ping p99", f"{own['ping'][1]:.2f} ms", "< 1 ms", own["ping"][1] < 1),
        ("/gacha pull p99, durable", f"{own['pull'][1]:.2f} ms", f"≤ 5 ms + 3 × fdatasync p99 ({floor:.2f} ms)",
         own["pull"][1] <= 5 + 3 * floor),
        ("start to IDENTIFY, median", f"{statistics.median(start):.1f} ms", "≤ 20 ms", statistics.median(start) <= 20),
        ("simulate, AES-CTR stream", f"{fast / 1e6:.1f} M pulls/s", "≥ 20 M", fast >= 20e6),
        ("simulate, verifiable stream", f"{verifiable / 1e6:.2f} M pulls/s", "≥ 1.5 M", verifiable >= 1.5e6),
    ]
    text = "\n\n".join([table(["", "measured", "goal", ""], [[a, b, c, "met" if ok else "**missed**"] for a, b, c, ok in goals]), peers])
    print(text)
    if options.write:
        write_readme(text)


asyncio.run(main())
