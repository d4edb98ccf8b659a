"""Serving in a real browser: a grid is watched, and another site's page can neither read nor drive it."""

import contextlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.publish.serve import running

pytest.importorskip("pytest_playwright", reason="needs pytest-playwright")
playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CHROMIUM, reason="needs a chromium on the PATH")]

SECONDS = 2.0
"""How soon a new record shows on a machine with nothing else to do."""
PATIENCE = 120.0
"""How long a busy machine may take."""


@pytest.fixture
def page(browser):
    """A page in a window of its own; what its console says and what it asks for is kept, errors fail the test."""
    context = browser.new_context()
    one = context.new_page()
    wrong: list[str] = []
    one.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    one.on("pageerror", lambda error: wrong.append(str(error)))
    asked: list[str] = []
    one.on("request", lambda request: asked.append(request.url))
    one.asked, one.wrong = asked, wrong
    yield one
    context.close()


@contextlib.contextmanager
def command(*arguments: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """``repro serve`` as a process, with the address that it says."""
    process = subprocess.Popen(
        [sys.executable, "-m", "repro", "serve", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert " at http://127.0.0.1:" in line, (line, process.stderr.read() if process.stderr else "")
        yield process, line.split(" at ")[1].split(" ")[0]
    finally:
        process.terminate()  # so that it clears up
        process.communicate(timeout=300)


def free() -> str:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return running.in_the_middle(tmp_path / "class/study")


@pytest.fixture
def url(folder: Path) -> Iterator[str]:
    running.study(folder.parent / "other")
    with command(str(folder.parent), "--port", free()) as (_, url):
        yield url


def test_a_record_shows_within_two_seconds_and_nothing_moves(page, url, folder):
    page.goto(f"{url}live/{live_names(page, url)[0]}")
    heading = page.locator("h2")
    playwright.expect(heading).to_have_text("Rung full: 6 of 40 runs done")
    region = page.get_by_role("region", name="Every run of rung full")
    region.focus()
    page.evaluate("scrollTo(0, 300)")
    page.evaluate("window.kept = document.querySelector('table.every')")
    took = []
    for seed in (0, 1, 2):
        since = time.monotonic()
        running.done(folder, "mlp", seed)
        playwright.expect(heading).to_have_text(f"Rung full: {7 + seed} of 40 runs done", timeout=120_000)
        took.append(time.monotonic() - since)
    assert min(took) < SECONDS or os.getloadavg()[0] > (os.cpu_count() or 1)
    assert page.evaluate("[scrollY, document.activeElement.getAttribute('aria-label')]") == [
        300,
        "Every run of rung full",
    ]
    assert page.evaluate("window.kept === document.querySelector('table.every')")
    playwright.expect(page.locator("#news")).to_contain_text("9 done")
    assert page.wrong == []
    assert {address.split("/")[2] for address in page.asked} == {url.split("/")[2]}


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server whose folders no test changes."""
    home = tmp_path_factory.mktemp("class")
    running.in_the_middle(home / "study")
    running.study(home / "other")
    with command(str(home), "--port", free()) as (_, url):
        yield url


def live_names(page, url: str) -> list[str]:
    """Names of the live pages of ``study``, from its card."""
    page.goto(url)
    links = page.locator("a[href^='live/']").evaluate_all("all => all.map((one) => one.getAttribute('href'))")
    return [link.removeprefix("live/") for link in links if "study" in link]


def test_the_way_from_a_card_to_the_runs_and_back_by_keyboard(page, still):
    page.goto(still)
    card = page.locator(".card", has_text="study").first
    card.get_by_role("link", name="Watch the runs").press("Enter")
    page.wait_for_url("**/live/study.html")
    page.get_by_role("link", name="Its page and report").press("Enter")
    page.wait_for_url("**/folders/study.html")
    page.get_by_role("link", name="Watch the runs").press("Enter")
    page.wait_for_url("**/live/study.html")
    assert page.locator("main h1 + p").inner_text() == "study"
    page.get_by_role("link", name="Papers").press("Enter")
    page.wait_for_url("**/index.html")
    assert page.wrong == []


def test_a_filter_stays_when_the_cards_are_replaced(page, url, folder):
    page.goto(url)
    version = page.locator("main").get_attribute("data-version") or ""
    page.get_by_label("Search").fill("no card says this")
    playwright.expect(page.locator(".card:visible")).to_have_count(0)
    running.study(folder.parent / "third")
    playwright.expect(page.locator("main")).not_to_have_attribute("data-version", version, timeout=120_000)
    playwright.expect(page.locator(".card")).to_have_count(3)
    playwright.expect(page.locator(".card:visible")).to_have_count(0)
    assert page.get_by_label("Search").input_value() == "no card says this"
    assert page.evaluate("document.activeElement.name") == "q"
    page.get_by_label("Search").press("Escape")
    playwright.expect(page.locator(".card:visible")).to_have_count(3)


def test_progress_and_curves_grow(page, url, folder):
    page.goto(f"{url}live/{live_names(page, url)[0]}")
    bar = page.get_by_role("progressbar", name="cnn seed 2")
    playwright.expect(bar).to_have_js_property("value", 0.5)
    before = page.locator("svg polyline.grows").get_attribute("points") or ""
    running.training(folder, "cnn", 2, step=4500)
    playwright.expect(bar).to_have_js_property("value", 0.75, timeout=1000 * PATIENCE)
    playwright.expect(page.locator("svg polyline.grows")).not_to_have_attribute(
        "points", before, timeout=1000 * PATIENCE
    )


def test_a_grid_is_watched_from_its_first_run_to_its_last(page, tmp_path):
    """The command itself trains; nothing of what is seen is made up."""
    folder = running.study(tmp_path / "class/study")
    spec = folder / "paper.yaml"
    spec.write_text(spec.read_text().replace("training.steps: 100,", "training.steps: 4000,"))
    with command(str(folder), "--port", free()) as (_, url):
        page.goto(f"{url}live/{live_names(page, url)[0]}")
        playwright.expect(page.locator("h2")).to_have_text("Rung full: 0 of 40 runs done")
        arguments = [str(folder), "--rung", "smoke", "--only", "mlp", "--jobs", "1"]
        with subprocess.Popen(
            [sys.executable, "-m", "repro", "run", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as trainer:
            playwright.expect(page.locator("h2")).to_contain_text("Rung smoke", timeout=120_000)
            playwright.expect(page.locator(".every .running")).not_to_have_count(0, timeout=120_000)
            playwright.expect(page.locator("polyline.grows, circle.grows")).not_to_have_count(0, timeout=120_000)
            playwright.expect(page.locator(".every .done")).to_have_count(2, timeout=120_000)
        assert trainer.returncode == 0
        playwright.expect(page.locator(".every .running")).to_have_count(0, timeout=120_000)
        playwright.expect(page.locator("table.results").first).to_contain_text("2 of 2")
        playwright.expect(page.locator("table.results").first).to_contain_text("PARTIAL")
        assert page.wrong == []


def test_a_run_whose_process_died_is_not_running_for_long(page, url, folder):
    """Nothing in the folder changes when a process is killed."""
    trainer = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    running.training(folder, "cnn", 2, pid=trainer.pid)
    time.sleep(1)
    page.goto(f"{url}live/{live_names(page, url)[0]}")
    playwright.expect(page.locator(".states .running")).to_contain_text("1 in training")
    trainer.kill()
    trainer.communicate()
    playwright.expect(page.locator(".states .running")).to_have_count(0, timeout=120_000)


def test_the_index_is_kept_new_too(page, url, folder):
    page.goto(url)
    before = page.locator("main").inner_text()
    version = page.locator("main").get_attribute("data-version") or ""
    for name in ("mlp", "gru"):
        for seed in range(5):
            running.done(folder, name, seed)
    playwright.expect(page.locator("main")).not_to_have_attribute("data-version", version, timeout=120_000)
    assert page.locator("main").inner_text() != before
    assert page.wrong == []


def test_a_server_that_is_gone_is_said_and_one_that_is_back_is_found(page, folder):
    port = free()
    with command(str(folder), "--port", port) as (_, url):
        page.goto(url)
    playwright.expect(page.locator("#news")).to_have_text(
        "No connection; this is what was last known.", timeout=120_000
    )
    with command(str(folder), "--port", port):
        playwright.expect(page.locator("#news")).not_to_have_text(
            "No connection; this is what was last known.", timeout=120_000
        )


HIDE = """(value) => {
  Object.defineProperty(document, "hidden", { value, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_pages_that_nobody_looks_at_hold_no_connection(page, url, folder):
    """A browser keeps six to one server: with seven pages open the seventh would never load."""
    live = f"{url}live/{live_names(page, url)[0]}"
    asked: set[object] = set()  # pages that are on their way: on a busy machine one may come later than the next record
    page.on("request", lambda request: asked.add(request) if request.resource_type == "fetch" else None)
    page.on("requestfinished", lambda request: asked.discard(request))
    page.on("requestfailed", lambda request: asked.discard(request))
    page.goto(live)
    page.evaluate(HIDE, True)
    page.wait_for_timeout(100)
    while asked:
        page.wait_for_timeout(100)
    for _ in range(8):
        one = page.context.new_page()
        one.goto(url, timeout=5000)
        one.evaluate(HIDE, True)
    running.done(folder, "mlp", 0)
    time.sleep(1.5)
    playwright.expect(page.locator("h2")).to_have_text("Rung full: 6 of 40 runs done")
    page.evaluate(HIDE, False)
    playwright.expect(page.locator("h2")).to_have_text("Rung full: 7 of 40 runs done", timeout=1000 * PATIENCE)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")])
def test_the_live_page_fits_and_can_be_heard(browser, still, width, scheme, axe):
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{still}live/{live_names(page, still)[0]}")
    page.wait_for_selector("svg.curves")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.add_script_tag(content=axe.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document).then((all) => all.violations)")
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert serious == [], [(one["id"], [node["html"] for node in one["nodes"][:3]]) for one in serious]
    context.close()


class Evil(BaseHTTPRequestHandler):
    """Another site, at another port and under another name."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>evil</title><body>")

    def log_message(self, format, *args) -> None:
        pass


@pytest.fixture
def evil() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Evil)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


READ = """async (url) => {
  const found = {};
  for (const mode of ["cors", "no-cors"]) {
    try {
      const answer = await fetch(url, { mode });
      found[mode] = answer.type + " " + (await answer.text());
    } catch (error) { found[mode] = "refused"; }
  }
  const load = (tag, set) => new Promise((done) => {
    const one = document.createElement(tag);
    one.onload = () => done("loaded"); one.onerror = () => done("refused");
    set(one); document.body.append(one); setTimeout(() => done("silence"), 3000);
  });
  found.image = await load("img", (one) => (one.src = url));
  found.script = await load("script", (one) => (one.src = url));
  found.frame = await load("iframe", (one) => (one.src = url));
  const frame = document.querySelector("iframe");
  try { found.inside = frame.contentDocument ? frame.contentDocument.body.innerText : "nothing"; }
  catch (error) { found.inside = "refused"; }
  found.stream = await new Promise((done) => {
    const one = new EventSource(url + "events?page=index.html");
    one.onmessage = ({ data }) => done(data); one.onerror = () => done("refused");
  });
  const post = fetch(url, { method: "POST", mode: "no-cors", body: "x" });
  found.post = await post.then((answer) => answer.type + answer.status, () => "refused");
  return found;
}"""


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "evil.example"])
def test_a_page_of_another_site_can_neither_read_nor_drive_it(browser, still, evil, host):
    """At another port (the same site to a browser), and under another name (another site altogether)."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"http://{host}:{evil}/")
    found = page.evaluate(READ, still)
    assert found.pop("cors") == "refused"
    assert found.pop("no-cors") in ("refused", "opaque ")
    assert found.pop("inside") in ("refused", "nothing", "")
    assert found.pop("frame") in ("loaded", "silence", "refused")  # a frame with an error page says that it loaded
    assert found.pop("post") in ("refused", "opaque0")
    assert found == dict.fromkeys(("image", "script", "stream"), "refused")
    context.close()


def test_a_name_that_was_bent_to_this_machine_gets_nothing(browser, still):
    """DNS rebinding: to the browser the page and its requests are of one origin, evil.example."""
    context = browser.new_context()
    page = context.new_page()
    answer = page.goto(f"http://evil.example:{still.split(':')[2]}")
    assert answer is not None
    assert answer.status == 421
    assert "goes by no other name" in page.content()
    context.close()


def test_a_window_that_another_site_opens_shows_it_nothing(browser, still, evil):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"http://localhost:{evil}/")
    with context.expect_page() as opened:
        page.evaluate("(still) => { window.other = open(still); }", still)
    opened.value.wait_for_load_state()
    assert "Type the address" in opened.value.content()
    context.close()
