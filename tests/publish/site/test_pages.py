"""Pages from what was seen: how large they are, what they say, what they hold back."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from repro.publish.site.board_page import board_main
from repro.publish.site.frame import frame, policy
from repro.publish.site.index_page import filters, index_main
from repro.publish.site.manifest import read_manifest
from repro.publish.site.mini_svg import stamp
from repro.publish.site.pages import SiteSettings
from repro.publish.site.places import page_name
from repro.publish.site.study_summary import Dot, StudySummary


def dot(theirs, ours, interval=None, group=0) -> Dot:
    return Dot("CNN", "Accuracy, percent", group, theirs, ours, interval, "94", "93.8 ± 0.3", "5", "REPRODUCED")


@pytest.fixture(scope="session")
def ada(site) -> StudySummary:
    """What was seen of a study of real size."""
    return read_manifest(site.out).kept["folders/ada.html"].seen


def test_the_first_page_of_a_hundred_folders_is_small(ada):
    """Each with 8 numbers in its picture, claims, chips and a long question."""
    studies = [
        (
            replace(ada, shown=f"student-{at:03d}", who=(), question=f"{at} {ada.question} {ada.question}", traces=()),
            f"folders/s{at}.html",
        )
        for at in range(100)
    ]
    setting = SiteSettings("A class", "", None)  # type: ignore[arg-type]
    page = setting.page("A class", index_main("A class", studies, {}), at="index.html", tools=filters(studies))
    assert page.count('<article class="card"') == 100
    assert page.count('class="stamp"') == 100
    assert len(page.encode()) < 200_000


def test_a_number_stands_where_it_belongs():
    """Theirs, ours and the ends of its interval, on one scale: 0 at the left end, 100 at the right."""
    drawn = stamp([dot(0.0, 100.0), dot(50.0, 25.0, (20.0, 30.0))])
    ours = [float(x) for x in re.findall(r"M([\d.]+) [\d.]+h0", drawn)]
    theirs = [float(x) + 2.8 for x in re.findall(r"M([\d.]+) [\d.]+l2\.8", drawn)]
    ends = [float(x) for pair in re.findall(r"M([\d.]+) [\d.]+H([\d.]+)", drawn) for x in pair]
    zero, whole = theirs[0], ours[0]
    at = {value: zero + (whole - zero) * value / 100 for value in (50, 25, 20, 30)}
    assert theirs[1] == pytest.approx(at[50], abs=0.11)
    assert ours[1] == pytest.approx(at[25], abs=0.11)
    assert ends == pytest.approx([at[20], at[30]], abs=0.11)


@pytest.mark.parametrize("odd", [1e308, -1e308, 5e-324, 0.0])
def test_odd_numbers_break_no_picture(odd):
    drawn = stamp([dot(odd, odd, (odd, odd)), dot(1.0, None)])
    assert "nan" not in drawn
    assert "inf" not in drawn


def test_tables_of_one_heading_stay_apart(ada):
    study = replace(ada, dots=(dot(1.0, 1.0, group=0), dot(2.0, 2.0, group=1)))
    assert board_main([(study, "folders/a.html")]).count("<table") == 2


@pytest.mark.parametrize(
    ("shown", "name"),
    [
        ("mnist1d", "mnist1d"),
        ("a/b", "a-b"),
        ("a_b-1", "a_b-1"),
        ("CON", "con-"),
        ("con", "con-"),
        ("../x", "x-"),
        ("é", ""),
    ],
)
def test_pages_have_plain_names(shown, name):
    made = page_name(shown)
    assert re.fullmatch(r"[a-z0-9_-]+", made)
    assert made == name or ((name.endswith("-") or not name) and re.fullmatch(name + "[0-9a-f]{6}", made))


def test_the_policy_allows_the_scripts_of_the_page_and_nothing_else():
    import base64
    import hashlib

    page = frame("t", "", scripts=("one()", "two()"), served=True)
    said = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert said is not None
    rules = dict(rule.strip().split(" ", 1) for rule in said[1].split(";"))
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in ("one()", "two()")]
    assert rules["script-src"].split() == hashes
    assert rules["default-src"] == "'none'"
    assert rules["connect-src"] == "'self'"
    assert rules["base-uri"] == rules["form-action"] == "'none'"
    assert "connect-src" not in policy(("one()",))
    assert "script-src" not in policy(())


class Headings(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        self.ids += [value for name, value in attrs if name == "id"]


def test_headings_go_down_a_step_at_a_time_and_no_id_is_there_twice(site):
    for name in site.built.files:
        found = Headings(site.text(name))
        assert found.levels[0] == 1, name
        assert found.levels.count(1) == 1, name
        assert all(after - before <= 1 for before, after in zip(found.levels, found.levels[1:], strict=False)), name
        assert len(found.ids) == len(set(found.ids)), name
