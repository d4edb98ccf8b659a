"""The site in a real browser, opened from disk: search, filters, keyboard, dark, a phone, and what axe says."""

import shutil

import pytest

pytest.importorskip("pytest_playwright", reason="needs pytest-playwright")
pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CHROMIUM, reason="needs a chromium on the PATH")]

PAGES = [
    "index.html",
    "board.html",
    "runs.html",
    "pooled.html",
    "discussion.html",
    "folders/ada.html",
    "folders/broken.html",
]


@pytest.fixture
def opened(browser, site):
    """Opens a page in a window of its own; errors in its console, and requests that leave the folder, fail the test."""
    contexts, wrong = [], []

    def open_page(name: str, **how):
        context = browser.new_context(**how)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: wrong.append(said.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        home = site.out.as_uri() + "/"
        page.on("request", lambda one: None if one.url.startswith((home, "data:")) else wrong.append(one.url))
        page.goto((site.out / name.partition("#")[0]).as_uri() + "".join(name.partition("#")[1:]))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not wrong


def shown(page) -> list[str]:
    return [card.get_attribute("id") for card in page.locator(".card:visible").all()]


def test_search_shows_what_fits_and_says_how_many(opened):
    page = opened("index.html")
    assert len(shown(page)) == 4
    page.get_by_role("searchbox").fill("mnist SPATIAL ada")
    assert shown(page) == ["f-ada"]
    assert page.locator("#count").inner_text() == "1 of 4 shown"
    assert page.locator("#count").get_attribute("aria-live") == "polite"
    page.get_by_role("searchbox").fill("no such thing")
    assert shown(page) == []
    assert page.locator("#none").is_visible()
    page.keyboard.press("Escape")
    assert len(shown(page)) == 4
    assert page.get_by_role("searchbox").input_value() == ""
    assert not page.locator("#none").is_visible()


@pytest.mark.parametrize(
    ("label", "value", "left"),
    [
        ("Kind", "proposal", ["f-zo-s-50acc6"]),
        ("Task", "classification", ["f-zo-s-50acc6", "f-ada", "f-ben"]),
        ("Data", "mnist1d", ["f-ada", "f-ben"]),
        ("Verdict", "REPRODUCED", ["f-ada", "f-ben"]),
        ("State", "not shown", ["f-broken"]),
    ],
)
def test_filters(label, value, left, opened):
    page = opened("index.html")
    page.get_by_role("combobox", name=label, exact=True).select_option(value)
    assert sorted(shown(page)) == sorted(left)


def test_the_address_keeps_the_filter(opened):
    page = opened("index.html")
    page.get_by_role("searchbox").fill("ben")
    page.get_by_role("combobox", name="Data").select_option("mnist1d")
    address = page.url
    assert "q=ben" in address
    again = opened(f"index.html#{address.partition('#')[2]}")
    assert shown(again) == ["f-ben"]
    assert again.get_by_role("combobox", name="Data").input_value() == "mnist1d"
    again.get_by_role("button", name="Show all").click()
    assert len(shown(again)) == 4
    again.evaluate("location.hash = 'state=not+shown'")
    again.wait_for_function("document.querySelectorAll('.card:not([hidden])').length === 1")
    assert shown(again) == ["f-broken"]


def test_all_by_keyboard(opened):
    page = opened("index.html")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.inner_text() == "Skip to the contents"
    assert skip.bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("ada")
    assert shown(page) == ["f-ada"]
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.card') !== null"):
            break
    ring = page.evaluate("getComputedStyle(document.activeElement, '::after').outlineStyle")
    assert ring == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**/folders/ada.html")
    assert page.locator("h1").inner_text() == "Scaling down deep learning with MNIST-1D"
    page.go_back()
    page.wait_for_url("**/index.html#q=ada")
    assert shown(page) == ["f-ada"]


def test_a_report_is_opened_and_its_parts_are_linked(opened):
    page = opened("index.html")
    page.locator("#f-ada h2 a").click()
    page.get_by_role("navigation", name="Contents").get_by_role("link", name="Records").click()
    assert page.url.endswith("folders/ada.html#records")
    assert page.locator("#records").is_visible()
    assert page.locator("figure svg[role=img]").count() == 4
    page.get_by_role("navigation", name="Site").get_by_role("link", name="Board").click()
    assert page.locator("[aria-current=page]").inner_text() == "Board"
    assert page.locator("table.board tbody tr").count() > 25


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("wide", [360, 1280])
def test_nothing_stands_out_of_a_phone_or_a_screen(name, wide, opened):
    page = opened(name, viewport={"width": wide, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= wide
    out = page.evaluate(
        "() => [...document.querySelectorAll('main *, header *, form *')]"
        ".filter(one => !one.closest('.scroll, .heard, svg'))"
        ".filter(one => one.getBoundingClientRect().right > innerWidth + 1).map(one => one.outerHTML.slice(0, 80))"
    )
    assert not out


def test_it_is_dark_in_the_dark(opened):
    def ground(scheme: str) -> tuple[int, ...]:
        page = opened("index.html", color_scheme=scheme)
        found = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return tuple(int(one) for one in found.removeprefix("rgb(").removesuffix(")").split(","))

    assert max(ground("dark")) < 60
    assert min(ground("light")) > 200


def test_without_a_script_all_is_there_and_no_filter(opened):
    page = opened("index.html", java_script_enabled=False)
    assert page.locator(".card:visible").count() == 4
    assert not page.locator("#filters").is_visible()
    page.locator("#f-ada h2 a").click()
    assert "Scaling down" in page.locator("h1").inner_text()


def test_only_the_script_of_the_site_runs(opened, site, tmp_path):
    """A script that got into a page would not run: the policy knows the one script by its hash."""
    text = site.text("index.html").replace("</main>", "<script>document.title = 'taken'</script></main>")
    (tmp_path / "index.html").write_text(text, encoding="utf-8")
    page = opened("board.html")
    seen: list[str] = []
    other = page.context.new_page()
    other.on("console", lambda said: seen.append(said.text))
    other.goto((tmp_path / "index.html").as_uri())
    assert other.title() == "Listening & <learning>"
    assert other.locator("#filters").is_visible()
    assert any("Content Security Policy" in said for said in seen)


def test_still_where_motion_is_not_wanted(opened):
    page = opened("index.html", reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    assert page.evaluate("getComputedStyle(document.querySelector('.card')).transitionDuration") == "0s"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious(name, scheme, opened, axe):
    page = opened(name, color_scheme=scheme)
    page.evaluate(axe.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({resultTypes: ['violations']})")
    assert found["testEngine"]["name"] == "axe-core"
    wrong = [
        (one["id"], one["impact"], one["nodes"][0]["html"][:120], one["nodes"][0].get("failureSummary"))
        for one in found["violations"]
        if one["impact"] in ("serious", "critical", "moderate")
    ]
    assert not wrong
