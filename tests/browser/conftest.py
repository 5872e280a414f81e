"""What the browser tests share: Debian's Chromium, the program in play, a page that must not complain, axe-core."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

from tests.oracles import catalogs
from tests.system import program
from tests.system.conftest import authority, bot, ca_file, cli  # noqa: F401 (fixtures)

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (tests/requirements.txt)")

HERE = pathlib.Path(__file__).resolve().parent
SCREENS = program.ROOT / "build" / "test" / "screens"
AXE = program.ROOT / "build" / "axe"
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]
WAIT_MS = 20_000
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 360, "height": 740}


def need(there, what):
    """In CI everything has to be there; elsewhere a test that lacks something is skipped with a word."""
    if not there:
        assert not os.environ.get("CI"), what
        pytest.skip(what)


@pytest.fixture(scope="session")
def browser():
    need(pathlib.Path(CHROMIUM).exists(), "chromium is not installed (make deps)")
    with sync_api.sync_playwright() as playwright:
        one = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield one
        one.close()


@pytest.fixture
def play(bot, tmp_path):  # noqa: F811
    """A factory of programs in play: play(catalog, NAME=value…)."""
    def start(raw=None, **env):
        need(program.BIN.exists(), f"{program.BIN.name} is not built (make)")
        if raw is not None:
            env["HOMU_CATALOG"] = catalogs.write(tmp_path / "catalog.json", raw)
        one = bot(arguments=["play"], **env)
        one.wait_log("ready")
        return one
    return start


class Page:
    """The playground in a browser, as a person sees it. Whatever it complains of fails the test at its end."""

    def __init__(self, page, url):
        self.page, self.complaints, self.allowed = page, [], []
        page.set_default_timeout(WAIT_MS)
        page.on("console", lambda message: message.type in ("error", "warning") and self.complaints.append(
            f"{message.type}: {message.text} ({message.location.get('url')})"))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(url)
        self.see("#odds-answer table", attached=True)

    def __getattr__(self, name):
        return getattr(self.page, name)

    def see(self, selector, attached=False):
        self.page.wait_for_selector(selector, state="attached" if attached else "visible")
        return self.page.locator(selector)

    def allow(self, pattern):
        """A complaint that this test brings about."""
        self.allowed.append(re.compile(pattern))

    def bad(self):
        return [one for one in self.complaints if not any(allowed.search(one) for allowed in self.allowed)]

    def type(self, *keys):
        """Keys by name (`Enter`), or text after `=`."""
        for key in keys:
            if key.startswith("="):
                self.page.keyboard.type(key[1:])
            else:
                self.page.keyboard.press(key)

    def expect(self, selector):
        return sync_api.expect(self.page.locator(selector))

    def command(self, name, **options):
        """A slash command through the composer, and the message with its answer."""
        self.compose(name, **options)
        before = self.page.locator("#log .message").count()
        self.page.click("#send")
        return self.answer(before)

    def compose(self, name, **options):
        """As far as the button that sends: text is typed, and taken from the list where there is one."""
        page = self.page
        page.click("#slash")
        page.keyboard.type(name)
        page.locator("#popup [role=option]").filter(has=page.get_by_text(f"/{name}", exact=True)).click()
        for option, value in options.items():
            field = page.locator("#fields .field", has=page.get_by_text(option, exact=True))
            if field.count() == 0:
                page.locator(".tail").fill(option)
                page.locator("#popup [role=option]").filter(has=page.get_by_text(option, exact=True)).first.click()
            if isinstance(value, pathlib.Path):
                field.locator("input").set_input_files(value)
                sync_api.expect(field).to_contain_text(value.name)
                continue
            entry = field.locator("input")
            entry.fill(str(value))
            if entry.get_attribute("role") == "combobox":
                self.page.locator("#popup [role=option]", has_text=str(value)).first.click()

    def answer(self, index):
        """The message at this place, once it has its answer."""
        message = self.page.locator("#log .message").nth(index)
        sync_api.expect(message).to_have_attribute("aria-busy", "false")
        return message

    def player(self, name):
        chosen = self.page.locator(f'#players [title="{name}"]')
        if not chosen.get_attribute("aria-current"):
            chosen.click()
        sync_api.expect(self.page.locator("#players [aria-current]")).to_have_attribute("title", name)

    def tab(self, name):
        self.page.click(f"#tab-{name}")
        self.see(f"#panel-{name}")

    def shot(self, name):
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENS / f"{name}.png")


@pytest.fixture
def visit(browser):
    """A factory of pages of a program, each with a storage of its own: visit(program, locale="ja-JP", …)."""
    made = []

    def go(one, locale="en-US", scheme="light", viewport=None, **more):
        context = browser.new_context(locale=locale, color_scheme=scheme, viewport=viewport or WIDE,
                                      reduced_motion="reduce", **more)
        made.append((context, Page(context.new_page(), f"http://127.0.0.1:{one.http_port}/")))
        return made[-1][1]
    yield go
    bad = [complaint for _, page in made for complaint in page.bad()]
    for context, _ in made:
        context.close()
    assert not bad, "the page complained:\n" + "\n".join(bad)


@pytest.fixture(scope="session")
def axe():
    """The text of axe-core, as package-lock.json pins it, installed once under build/."""
    need(shutil.which("npm"), "npm is not installed (make deps)")
    lock = (HERE / "package-lock.json").read_bytes()
    folder = AXE / os.environ.get("PYTEST_XDIST_WORKER", "one")
    script = folder / "node_modules" / "axe-core" / "axe.min.js"
    stamp = folder / "installed"
    if not (script.exists() and stamp.exists() and stamp.read_bytes() == lock):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, folder)
        done = subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"],
                              cwd=folder, capture_output=True, check=False)
        need(done.returncode == 0, f"axe-core cannot be installed: {done.stderr.decode()[-300:]}")
        stamp.write_bytes(lock)
    return script.read_text(encoding="utf-8")
