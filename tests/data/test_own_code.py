import pickle
import sys
from pathlib import Path

import pytest

from repro.data.own_code import OwnCodeError, code_sha256, forget_own, load_own


def write(folder: Path, text: str, name: str = "model.py") -> Path:
    (folder / name).write_text(text)
    return folder


def test_the_same_content_is_the_same_class_and_can_be_pickled(tmp_path):
    write(tmp_path, "import dataclasses\n@dataclasses.dataclass\nclass A:\n    x: int = 1\n")
    first = load_own(tmp_path, "model.py", "A")
    assert load_own(tmp_path, "model.py", "A") is first
    assert pickle.loads(pickle.dumps(first(3))) == first(3)


def test_an_edit_is_seen_at_once_even_within_the_same_second(tmp_path):
    assert load_own(write(tmp_path, "class A: value = 1"), "model.py", "A").value == 1
    assert load_own(write(tmp_path, "class A: value = 2"), "model.py", "A").value == 2


def test_two_folders_never_share_a_module(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
        write(folder, "from pathlib import Path\nclass A: home = Path(__file__).parent.name")
    assert [load_own(f, "model.py", "A").home for f in (one, two)] == ["one", "two"]


def test_what_is_forgotten_runs_anew_and_other_folders_stay(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
        write(folder, "class A: seen = []")
        load_own(folder, "model.py", "A").seen.append(1)
    forget_own(one)
    assert [load_own(folder, "model.py", "A").seen for folder in (one, two)] == [[], [1]]


def test_nothing_is_left_on_the_path_or_in_the_folder(tmp_path):
    before = list(sys.path)
    load_own(write(tmp_path, "class A: pass"), "model.py", "A")
    assert sys.path == before
    assert [p.name for p in tmp_path.iterdir()] == ["model.py"]
    assert "model" not in sys.modules


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("class A:\n    def f(self)\n", r"model\.py:2: not valid Python"),
        ("x = 1\ny = x / 0\nclass A: pass", r"model\.py:2: .*ZeroDivisionError"),
        ("import sys\nsys.exit(3)\n", r"model\.py:2: .*SystemExit: 3"),
        ("import nowhere_at_all\n", r"model\.py:1: .*nowhere_at_all"),
        ("import beside\n", r"model\.py:1: .*own code is one file: put what you need of beside\.py into model\.py"),
        ("class Aa: pass\n", r"no class 'A' in this file; did you mean 'Aa'\?"),
        ("\nA = 3\n", r"model\.py:2: 'A' is a int; a class is needed"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path, text, said):
    write(tmp_path, "x = 1", "beside.py")
    with pytest.raises(OwnCodeError, match=said):
        load_own(write(tmp_path, text), "model.py", "A")


@pytest.mark.parametrize("file", ["../model.py", "sub/model.py", "/etc/x.py", "model.txt", "..\\model.py", "gone.py"])
def test_only_files_of_the_folder_itself_are_loaded(tmp_path, file):
    with pytest.raises(OwnCodeError, match=r"own code is a \.py file|no such file"):
        load_own(tmp_path, file, "A")


def test_a_file_that_failed_runs_again_when_it_is_asked_for_again(tmp_path):
    write(tmp_path, "raise ValueError('first')")
    for _ in range(2):
        with pytest.raises(OwnCodeError, match="ValueError: first"):
            load_own(tmp_path, "model.py", "A")


def test_the_code_hash_follows_names_and_contents_but_not_line_ends(tmp_path):
    (tmp_path / "a.py").write_bytes(b"x = 1\ny = 2\n")
    (tmp_path / "b.py").write_bytes(b"z = 3\n")
    both = code_sha256(tmp_path, ["a.py", "b.py"])
    assert code_sha256(tmp_path, ["b.py", "a.py", "a.py"]) == both
    assert code_sha256(tmp_path, ["a.py"]) != both
    assert code_sha256(tmp_path, []) is None
    (tmp_path / "a.py").write_bytes(b"x = 1\r\ny = 2\r\n")
    assert code_sha256(tmp_path, ["a.py", "b.py"]) == both
    (tmp_path / "a.py").write_bytes(b"x = 1\ny = 3\n")
    assert code_sha256(tmp_path, ["a.py", "b.py"]) != both
