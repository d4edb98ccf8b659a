"""Thirty folders as strangers hand them in: complete, empty, broken, hostile; and a course that knows who they are."""

import json
import os
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[3]
SHIPPED = ROOT / "papers" / "mnist1d"
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
TRAP = "from pathlib import Path\nPath(__file__).with_name('sprung').write_text('')\nclass Net:\n    pass\n"
ANSWER = "I would try another normalisation, more seeds and a longer training, because " + "the curve still rises " * 8
COURSE = """\
title: Listening & <learning>
zone: America/New_York
dates: {8a: {1: 2026-10-02, 2: 2026-10-09, 3: 2026-10-16, 4: 2026-10-23}}
roster:
  ada: {folder: complete, submitted: {8a: {1: 2026-10-02 23:59, 2: 2026-10-11 12:00}}}
  ben: {folder: never-came}
  cleo: {folder: broken-name}
"""


def thirty(home: Path) -> list[str]:
    """Make the folders below ``home``; the names of all that have to have a row, as they are on the disk."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "course.yaml").write_text(COURSE, encoding="utf-8")
    for name, make in MAKERS.items():
        folder = home / name
        folder.mkdir()
        make(folder)
    return [*MAKERS, "never-came"]


def shipped(folder: Path, *, records: bool = True) -> str:
    """The shipped paper and, with them, its records; the text of its spec."""
    text = (SHIPPED / "paper.yaml").read_text(encoding="utf-8")
    (folder / "paper.yaml").write_text(text, encoding="utf-8")
    if records:
        (folder / "results" / "records").mkdir(parents=True)
        for path in (SHIPPED / "results" / "records").glob("*.json"):
            shutil.copy(path, folder / "results" / "records")
        shutil.copy(SHIPPED / "results" / "table.json", folder / "results")
    return text


def rewritten(folder: Path, text: str) -> None:
    """Another text of the spec."""
    (folder / "paper.yaml").write_text(text, encoding="utf-8")


def answered(text: str) -> str:
    """The spec with all answers of 8a."""
    text = re.split(r"^answers:", text, flags=re.M)[0].rstrip() + "\n"
    return text + (
        f'answers: {{better_model: "{ANSWER}", applied_setting: "{ANSWER}", criticisms: "{ANSWER}", '
        'slides_url: "https://example.org/slides"}\n'
    )


def complete(folder: Path) -> None:
    """Everything, with eleven slides and a verification that somebody kept."""
    rewritten(folder, answered(shipped(folder)))
    (folder / "handin").mkdir()
    with zipfile.ZipFile(folder / "handin" / "slides.pptx", "w") as file:
        for number in range(1, 12):
            file.writestr(f"ppt/slides/slide{number}.xml", "<p/>")
        file.writestr("ppt/slides/_rels/slide1.xml.rels", "<p/>")
    hashes = [json.loads(p.read_text())["sha256"] for p in sorted((folder / "results/records").glob("*.json"))]
    judged = [{"sha256": hashes[0], "judged": "bitwise equal"}, {"sha256": hashes[1], "judged": "inside"}]
    judged += [{"sha256": hashes[2], "judged": "cannot judge"}, {"sha256": "0" * 64, "judged": "inside"}]
    (folder / "results" / "verified.json").write_text(json.dumps({"retrained": judged}))


def nothing(folder: Path) -> None:
    """No file at all."""


def only_a_spec(folder: Path) -> None:
    """A spec as it was shipped, and no records."""
    shipped(folder, records=False)


def wrong_name(folder: Path) -> None:
    """An optimizer that does not exist."""
    rewritten(folder, shipped(folder).replace("Adam", "Adm"))


def no_yaml(folder: Path) -> None:
    """Bytes that are no text."""
    (folder / "paper.yaml").write_bytes(b"\xff\xfe\x00\x80" * 10)


def both_specs(folder: Path) -> None:
    """A paper and a proposal."""
    shipped(folder, records=False)
    (folder / "proposal.yaml").write_text("proposal: {title: x}\n")


def yaml_bomb(folder: Path) -> None:
    """Aliases that would unfold to billions."""
    (folder / "paper.yaml").write_text(BOMB)


def deep_yaml(folder: Path) -> None:
    """Brackets in brackets."""
    (folder / "paper.yaml").write_text("paper: " + "[" * 5000 + "]" * 5000)


def huge_spec(folder: Path) -> None:
    """A spec of sixteen gigabytes, of which the disk has nothing."""
    with (folder / "paper.yaml").open("wb") as file:
        file.truncate(2**34)


def pipe_spec(folder: Path) -> None:
    """A spec that would never end."""
    os.mkfifo(folder / "paper.yaml")


def device_spec(folder: Path) -> None:
    """A spec that is a link to a device."""
    (folder / "paper.yaml").symlink_to("/dev/zero")


def linked_spec(folder: Path) -> None:
    """Somebody else's spec."""
    (folder / "paper.yaml").symlink_to("../complete/paper.yaml")


def trap(folder: Path) -> None:
    """Own code that writes a file when it is imported."""
    text = shipped(folder, records=False)
    rewritten(folder, re.sub(r"(?m)^loss: .*$", "loss: model.py:Net", text))
    (folder / "model.py").write_text(TRAP)


def other_python(folder: Path) -> None:
    """Files that Python would find by their names."""
    shipped(folder, records=False)
    for name in ("conftest.py", "sitecustomize.py", "torch.py", "yaml.py"):
        (folder / name).write_text(TRAP)


def damaged(folder: Path) -> None:
    """A record whose numbers were made better, one that is half there."""
    shipped(folder)
    first, second = sorted((folder / "results" / "records").glob("*.json"))[:2]
    record = json.loads(first.read_text())
    view = next(iter(record["metrics"].values()))["test"]
    view["values"] = dict.fromkeys(view["values"], 99.9)
    first.write_text(json.dumps(record))
    second.write_text(second.read_text()[:400])


def margins(folder: Path) -> None:
    """Reported numbers that were changed after the runs."""
    rewritten(folder, shipped(folder).replace("cnn: 94", "cnn: 93"))


def waived(folder: Path) -> None:
    """A waiver of the leakage gate, and records of another spec."""
    text = shipped(folder)
    rewritten(folder, text.replace("splits: {from: official, ", 'splits: {waiver: "no time, sorry", from: official, '))


def huge_record(folder: Path) -> None:
    """A record of a gigabyte, of which the disk has nothing, one that is a pipe, and one of brackets."""
    shipped(folder)
    records = folder / "results" / "records"
    with (records / "zz-seed0-0.json").open("wb") as file:
        file.truncate(2**30)
    os.mkfifo(records / "zz-seed1-0.json")
    (records / "zz-seed2-0.json").write_text("[" * 100_000)


def pipe_table(folder: Path) -> None:
    """A table that would never end, and a verification of brackets."""
    shipped(folder)
    (folder / "results" / "table.json").unlink()
    os.mkfifo(folder / "results" / "table.json")
    (folder / "results" / "verified.json").write_text("[" * 100_000)


def linked_records(folder: Path) -> None:
    """Somebody else's records."""
    rewritten(folder, shipped(folder, records=False))
    (folder / "results").symlink_to("../complete/results")


def linked_record(folder: Path) -> None:
    """Records of their own, and one that is somebody else's."""
    rewritten(folder, answered(shipped(folder)))
    first = min((folder / "results" / "records").glob("*.json"))
    first.unlink()
    first.symlink_to(f"../../../complete/results/records/{first.name}")


def loop(folder: Path) -> None:
    """Links that go round."""
    shipped(folder, records=False)
    (folder / "round").symlink_to("round")
    (folder / "home").symlink_to(".")


def out(folder: Path) -> None:
    """Data that are the whole disk."""
    shipped(folder, records=False)
    (folder / "recordings").symlink_to("/")


def deep(folder: Path) -> None:
    """Folders in folders."""
    shipped(folder, records=False)
    (folder / "/".join(["d"] * 200)).relative_to(folder)
    (folder / "/".join(["d"] * 200)).mkdir(parents=True)


def html(folder: Path) -> None:
    """A title that is a script, and quotes that close an attribute."""
    text = shipped(folder, records=False)
    hostile = '''  title: "<script>alert(1)</script>\\" onload=x ' & =cmd|' /C calc'!A0"'''
    rewritten(folder, re.sub(r"(?m)^  title: .*$", lambda _: hostile, text, count=1))


def formula(folder: Path) -> None:
    """A problem that begins like a formula, once the path is gone; unknown words with signs in them."""
    rewritten(folder, '"=HYPERLINK(\\"http://x\\")": 1\n')


def proposal(folder: Path) -> None:
    """A proposal as ``repro new`` writes it."""
    shutil.copy(ROOT / "repro" / "spec" / "templates" / "proposal.yaml", folder / "proposal.yaml")


def zip_bomb(folder: Path) -> None:
    """Predictions and slides that unfold to much."""
    shipped(folder)
    for path in ((folder / "results" / "records" / "bomb.npz"), (folder / "handin" / "slides.pptx")):
        path.parent.mkdir(exist_ok=True)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("ppt/slides/slide1.xml", b"\0" * (64 * 2**20))


def huge_file(folder: Path) -> None:
    """A file of two hundred megabytes, of which the disk has nothing."""
    shipped(folder, records=False)
    with (folder / "all.wav").open("wb") as file:
        file.truncate(200 * 2**20)


def no_zip(folder: Path) -> None:
    """Slides that are no zip."""
    shipped(folder, records=False)
    (folder / "handin").mkdir()
    (folder / "handin" / "slides.pptx").write_bytes(b"PK nothing")


MAKERS: dict[str, Callable[[Path], None]] = {
    "complete": complete,
    "empty": nothing,
    "only-a-spec": only_a_spec,
    "broken-name": wrong_name,
    "broken-text": no_yaml,
    "broken-both": both_specs,
    "bomb": yaml_bomb,
    "brackets": deep_yaml,
    "huge-spec": huge_spec,
    "pipe": pipe_spec,
    "device": device_spec,
    "linked-spec": linked_spec,
    "trap": trap,
    "other-python": other_python,
    "damaged": damaged,
    "margins": margins,
    "waived": waived,
    "huge-record": huge_record,
    "pipe-table": pipe_table,
    "linked-records": linked_records,
    "linked-record": linked_record,
    "loop": loop,
    "out": out,
    "deep": deep,
    "html <b>&amp;": html,
    "=1+1": formula,
    "--help": proposal,
    "line\nfeed": only_a_spec,
    "\x1b[2J\u202egpj": only_a_spec,
    "zip-bomb": zip_bomb,
    "huge-file": huge_file,
    "no-zip": no_zip,
}
