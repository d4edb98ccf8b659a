"""Nothing is read or written outside of a folder, whatever the folder links to."""

import os
import socket
import sys
import threading
from pathlib import Path

import pytest

from repro.disk import untrusted_files
from repro.disk.atomic_write import write_atomically
from repro.disk.untrusted_files import (
    OutsideError,
    is_file_inside,
    is_folder_inside,
    make_inside,
    names_inside,
    read_inside,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links and pipes of POSIX")


@pytest.fixture(params=["by descriptor", "by path"])
def folder(request, tmp_path, monkeypatch):
    """A study's folder beside somebody's private one; with and without descriptors of folders."""
    if request.param == "by path":
        monkeypatch.setattr(untrusted_files, "_BY_DESCRIPTOR", False)
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "token").write_text("secret")
    made = tmp_path / "study"
    (made / "a" / "b").mkdir(parents=True)
    (made / "a" / "file.txt").write_text("mine")
    return made


OUT = {
    "a link to a file": ("link", "../private/token"),
    "an absolute one": ("link", "{private}/token"),
    "one of several dots": ("link", "a/../../private/token"),
    "one that leaves and comes back": ("link", "../study/a/file.txt"),
}


@pytest.mark.parametrize("name", OUT)
def test_a_link_that_leads_out_is_not_read(name, folder):
    link, target = OUT[name]
    (folder / link).symlink_to(target.format(private=folder.parent / "private"))
    if name == "one that leaves and comes back" and not untrusted_files._BY_DESCRIPTOR:
        assert read_inside(folder / link, folder, 100) == b"mine"  # its real place is in the folder
        return
    with pytest.raises(OutsideError, match="leads out of the folder"):
        read_inside(folder / link, folder, 100)
    assert not is_file_inside(folder / link, folder)


@pytest.mark.parametrize("target", ["../private", "{private}", "a/../../private", "hop"])
def test_nor_is_anything_in_a_folder_that_is_one(target, folder):
    (folder / "hop").symlink_to("../private")
    (folder / "runs").symlink_to(target.format(private=folder.parent / "private"))
    for work in (
        lambda: read_inside(folder / "runs" / "token", folder, 100),
        lambda: names_inside(folder / "runs", folder),
        lambda: make_inside(folder / "runs" / "new", folder),
        lambda: write_atomically(folder / "runs" / "token", "x", within=folder),
        lambda: write_atomically(folder / "runs" / "deep" / "er", "x", within=folder),
    ):
        with pytest.raises(OutsideError):
            work()
    assert not is_folder_inside(folder / "runs", folder)
    assert sorted(p.name for p in (folder.parent / "private").iterdir()) == ["token"]
    assert (folder.parent / "private" / "token").read_text() == "secret"


@pytest.mark.parametrize("target", ["a/file.txt", "a/b/../file.txt", "{folder}/a/file.txt", "./a//file.txt", "hop"])
def test_a_link_that_stays_inside_works(target, folder):
    (folder / "hop").symlink_to("link2")
    (folder / "link2").symlink_to("a/b/../file.txt")
    (folder / "link").symlink_to(target.format(folder=folder))
    assert read_inside(folder / "link", folder, 100) == b"mine"


def test_so_does_a_folder_that_is_one_and_the_outermost_itself(folder):
    (folder / "runs").symlink_to("a/b")
    write_atomically(folder / "runs" / "new" / "x", "y", within=folder)
    assert (folder / "a" / "b" / "new" / "x").read_text() == "y"
    (folder.parent / "named").symlink_to("study")
    assert read_inside(folder.parent / "named" / "a" / "file.txt", folder.parent / "named", 100) == b"mine"


def test_a_link_in_the_place_of_a_file_is_replaced_and_not_written_through(folder):
    (folder / "report.html").symlink_to("../private/token")
    write_atomically(folder / "report.html", "new", within=folder)
    assert not (folder / "report.html").is_symlink()
    assert (folder / "report.html").read_text() == "new"
    assert (folder.parent / "private" / "token").read_text() == "secret"


@pytest.mark.parametrize("kind", ["pipe", "socket", "device", "folder", "circle", "nothing", "dots"])
def test_what_is_no_file_is_refused_at_once(kind, folder, monkeypatch):
    path = folder / "odd"
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "socket":
            monkeypatch.chdir(folder)
            with socket.socket(socket.AF_UNIX) as one:
                one.bind("odd")
        case "device":
            path.symlink_to("/dev/zero")
        case "folder":
            path.mkdir()
        case "circle":
            path.symlink_to("odd")
        case "dots":
            path = folder / ".." / "private" / "token"
    came: list[BaseException] = []

    def work():
        try:
            read_inside(path, folder, 100)
        except (OSError, ValueError) as error:
            came.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(300)
    assert len(came) == 1


def test_no_more_than_the_bound_is_read(folder):
    (folder / "large").write_bytes(b"x" * 5000)
    assert len(read_inside(folder / "large", folder, 5000)) == 5000
    with pytest.raises(OSError, match="larger than 4 KB"):
        read_inside(folder / "large", folder, 4999)


def test_no_descriptor_stays_open(folder):
    descriptors = Path("/proc/self/fd")
    if not descriptors.is_dir():
        pytest.skip("this system does not list descriptors")
    (folder / "out").symlink_to("../private/token")
    (folder / "in").symlink_to(folder / "a" / "file.txt")
    before = sum(1 for _ in descriptors.iterdir())
    for _ in range(20):
        for name in ("out", "in", "a/file.txt", "a", "none"):
            is_file_inside(folder / name, folder)
        write_atomically(folder / "a" / "b" / "c", "x", within=folder)
    assert sum(1 for _ in descriptors.iterdir()) == before
