"""What is promised of the file itself: static, position independent, hardened, reproducible, small, alone; and of its image."""

import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tarfile
import tempfile
import time
import urllib.request

import pytest

BINARY = pathlib.Path(os.environ["HOMUHOMU_BIN"]).resolve()
BUILD = BINARY.parent
TOP = pathlib.Path(__file__).resolve().parents[2]
IMAGE = BUILD / "image.tar"
BYTES_MAX = 2_500_000
PAGE = 4096

# Nothing of the caller's settings, nor of the make that runs the tests.
CLEAN = {"PATH": os.environ.get("PATH", os.defpath), "HOME": os.environ.get("HOME", "/")}
if "LANG" in os.environ:
    CLEAN["LANG"] = os.environ["LANG"]


def readelf(*options):
    return subprocess.run(["readelf", "-W", *options, BINARY], check=True, capture_output=True, text=True).stdout


def headers():
    """Program headers as (type, virtual address, size in memory, flags)."""
    found = []
    for line in readelf("--program-headers").splitlines():
        row = re.match(r"\s+([A-Z_]+)\s+0x\w+\s+0x(\w+)\s+0x\w+\s+0x\w+\s+0x(\w+)\s+([RWE ]+?)\s+0x", line)
        if row:
            found.append((row[1], int(row[2], 16), int(row[3], 16), row[4].replace(" ", "")))
    return found


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, what, seconds=20):
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, what
        time.sleep(0.05)
    return value


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as reply:
            return reply.status == 200
    except OSError:
        return False


class Playground:
    """The program serving on loopback without a token, in a folder of its own."""

    def __init__(self, folder):
        self.port = free_port()
        self.process = subprocess.Popen([BINARY, "run"], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        env=CLEAN | {"HOMU_HTTP": f"127.0.0.1:{self.port}", "HOMU_STORE": f"sqlite:{folder}/homu.db"})

    def __enter__(self):
        wait_for(lambda: answers(f"http://127.0.0.1:{self.port}/health"), "the program answers /health")
        return self.process

    def __exit__(self, *_):
        self.process.terminate()
        assert self.process.wait(20) == 0


def test_file_calls_it_static_pie():
    said = subprocess.run(["file", "-b", BINARY], check=True, capture_output=True, text=True).stdout
    assert "static-pie linked" in said and "stripped" in said


def test_it_has_no_interpreter_and_needs_no_library():
    assert "DYN (Position-Independent Executable" in readelf("--file-header")
    assert "INTERP" not in [kind for kind, *_ in headers()]
    dynamic = readelf("--dynamic")
    assert "(NEEDED)" not in dynamic and "(RPATH)" not in dynamic and "(RUNPATH)" not in dynamic


def test_its_text_is_not_relocated_and_is_bound_at_start():
    dynamic = readelf("--dynamic")
    assert "TEXTREL" not in dynamic
    assert re.search(r"\(FLAGS\).*BIND_NOW", dynamic) or re.search(r"\(FLAGS_1\).*NOW", dynamic)


def test_no_segment_is_writable_and_executable_and_the_stack_is_not_executable():
    by_kind = {kind: flags for kind, _, _, flags in headers()}
    assert by_kind["GNU_STACK"] == "RW"
    assert not [flags for kind, _, _, flags in headers() if kind == "LOAD" and "W" in flags and "E" in flags]


def test_functions_are_guarded_by_the_stack_protector():
    whole = BUILD / "musl" / "homuhomu"
    if not whole.exists():
        pytest.skip("the program before stripping is not there")
    names = subprocess.run(["nm", whole], check=True, capture_output=True, text=True).stdout
    assert "__stack_chk_fail" in names
    code = subprocess.run(["objdump", "-d", "--no-show-raw-insn", whole], check=True, capture_output=True, text=True).stdout
    assert len(re.findall(r"call\s.*<__stack_chk_fail>", code)) > 100


def test_relocated_constants_are_read_only_in_the_running_program(tmp_path):
    start, length = next((address, size) for kind, address, size, _ in headers() if kind == "GNU_RELRO")
    assert length >= PAGE
    with Playground(tmp_path) as process:
        maps = []
        for line in pathlib.Path(f"/proc/{process.pid}/maps").read_text().splitlines():
            span, flags, *rest = line.split()
            if rest[-1] == str(BINARY):
                maps.append((*(int(end, 16) for end in span.split("-")), flags))
    base = maps[0][0]
    first, last = (base + start) // PAGE * PAGE, (base + start + length) // PAGE * PAGE
    covered = [(low, high, flags) for low, high, flags in maps if low < last and high > first]
    assert covered and covered[0][0] <= first and covered[-1][1] >= last
    assert {flags for *_, flags in covered} == {"r--p"}


@pytest.mark.skipif(os.geteuid() != 0, reason="chroot is for root")
def test_it_runs_in_an_empty_root(tmp_path):
    shutil.copy(BINARY, tmp_path / "homuhomu")

    def alone(*arguments):
        return subprocess.run(["/homuhomu", *arguments], env={}, capture_output=True, text=True, timeout=20,
                              preexec_fn=lambda: (os.chroot(tmp_path), os.chdir("/")))

    version = alone("version", "--json")
    assert version.returncode == 0, version.stderr
    assert json.loads(version.stdout)["target"] == "x86_64-linux-musl"
    check = alone("catalog", "check", "--json")
    assert check.returncode == 0 and json.loads(check.stdout)["ok"] is True


def test_it_is_small():
    assert BINARY.stat().st_size <= BYTES_MAX


def test_version_names_every_library_of_the_table():
    said = json.loads(subprocess.run([BINARY, "version", "--json"], check=True, capture_output=True, text=True, env=CLEAN).stdout)
    rows = [line.split("|") for line in (TOP / "vendor/table").read_text().splitlines() if line and not line.startswith("#")]
    for library, _, version, *_ in rows:
        assert library.strip() in said["libraries"], library
        if f"{library.strip()} {version.strip()} pinned" in (BUILD / "vendor/src/versions").read_text():
            assert said["libraries"][library.strip()] == version.strip()


def copy_of_tree(folder):
    """What the build reads, with its times, and the libraries as they were built."""
    folder.mkdir(parents=True)
    for part in ("Makefile", "src", "vendor"):
        (shutil.copytree if (TOP / part).is_dir() else shutil.copy2)(TOP / part, folder / part)
    libraries = BUILD / "vendor"
    for part in ("musl", "src/zlib", "src/fonttools/Lib", "src/mplus/fonts/otf"):
        shutil.copytree(libraries / part, folder / "build/vendor" / part, symlinks=True)
    for part in ("src/versions", "src/sqlite/amalgamation/sqlite3.c"):
        (folder / "build/vendor" / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(libraries / part, folder / "build/vendor" / part)


@pytest.mark.timeout(900)
def test_two_builds_in_two_folders_are_the_same_file(tmp_path):
    if not (BUILD / "vendor/musl/ok").exists():
        pytest.skip("the libraries are not where the program is")
    one, two = tmp_path / "a", tmp_path / "another-folder" / "with-a-parent"
    copy_of_tree(one)
    shutil.copytree(one, two, symlinks=True)
    sums = []
    for folder in (one, two):
        done = subprocess.run(["make", "COMMIT=0123456789ab"], cwd=folder, env=CLEAN, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        data = (folder / "build/homuhomu").read_bytes()
        assert str(tmp_path).encode() not in data
        sums.append(hashlib.sha256(data).hexdigest())
        shutil.rmtree(folder)
    assert sums[0] == sums[1]


def podman(root, *arguments, **options):
    fixed = ["podman", "--root", root / "store", "--runroot", root / "run", "--storage-driver", "vfs", "--cgroup-manager",
             "cgroupfs", "--events-backend", "file", "--runtime", "runc"]
    return subprocess.run([*fixed, *arguments], capture_output=True, text=True, timeout=110, **options)


@pytest.fixture(scope="module")
def image():
    """A private image store that holds our image; its folder and the image's name."""
    if not IMAGE.exists():
        pytest.skip("no image yet (make image)")
    if not shutil.which("podman") or os.geteuid() != 0:
        pytest.skip("podman as root is not here")
    # podman refuses a run root whose path is longer than 50 characters.
    root = pathlib.Path(tempfile.mkdtemp(prefix="homu-"))
    loaded = podman(root, "load", "--quiet", "--input", IMAGE)
    assert loaded.returncode == 0, loaded.stderr
    yield root, loaded.stdout.split()[-1]
    podman(root, "rm", "--all", "--force", "--time", "0")
    podman(root, "rmi", "--all", "--force")
    shutil.rmtree(root, ignore_errors=True)


# A container as ECS runs it: the share of a small task, nothing writable, no right at all.
JAIL = ["--network=host", "--cpus=0.25", "--memory=512m", "--memory-swap=512m", "--read-only", "--read-only-tmpfs=false",
        "--cap-drop=ALL", "--security-opt", "no-new-privileges", "--pids-limit=1024", "--user", "65532:65532",
        "--ulimit", "nofile=8192:8192", "--ulimit", "nproc=4096:4096"]


def test_image_holds_the_program_and_an_empty_data_folder_alone():
    if not IMAGE.exists():
        pytest.skip("no image yet (make image)")
    files = {}
    with tarfile.open(IMAGE) as archive:
        manifest = json.load(archive.extractfile("manifest.json"))
        for layer in manifest[0]["Layers"]:
            with tarfile.open(fileobj=archive.extractfile(layer)) as inner:
                for member in inner:
                    files[member.name] = member
        config = json.load(archive.extractfile(manifest[0]["Config"]))["config"]
    assert set(files) == {"homuhomu", "data"}
    assert (files["data"].uid, files["data"].gid, files["data"].mode & 0o777) == (65532, 65532, 0o755)
    assert files["homuhomu"].mode & 0o777 == 0o755 and files["homuhomu"].uid == 0
    assert config["User"] == "65532:65532" and config["Entrypoint"] == ["/homuhomu"]
    assert list(config["Volumes"]) == ["/data"] and "STATE_DIRECTORY=/data" in config["Env"]
    assert config["Healthcheck"]["Test"] == ["CMD", "/homuhomu", "health"]


def test_image_runs_without_any_right(image):
    root, name = image
    done = podman(root, "run", "--rm", *JAIL, name, "version", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["target"] == "x86_64-linux-musl"


def test_image_serves_is_healthy_and_stops_on_sigterm(image):
    root, name = image
    port = free_port()
    started = podman(root, "run", "--detach", "--name", "served", *JAIL, "--env", f"HOMU_HTTP=127.0.0.1:{port}", name)
    assert started.returncode == 0, started.stderr
    try:
        wait_for(lambda: answers(f"http://127.0.0.1:{port}/ready"), "the container is ready")
        checked = podman(root, "healthcheck", "run", "served")
        assert checked.returncode == 0, checked.stdout + checked.stderr
        state = json.loads(podman(root, "inspect", "served").stdout)[0]["State"]
        maps = pathlib.Path(f"/proc/{state['Pid']}/status").read_text()
        assert re.search(r"^Uid:\s+65532\s+65532\s+65532\s+65532$", maps, re.M)
        assert re.search(r"^CapEff:\s+0+$", maps, re.M) and re.search(r"^NoNewPrivs:\s+1$", maps, re.M)
        assert podman(root, "kill", "--signal", signal.SIGTERM.name, "served").returncode == 0
        waited = podman(root, "wait", "served")
        assert waited.stdout.strip() == "0", podman(root, "logs", "served").stderr
    finally:
        podman(root, "rm", "--force", "--time", "0", "--volumes", "served")
