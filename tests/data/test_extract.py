import io
import tarfile
import zipfile

import pytest

from repro.data.download.download_error import DownloadError
from repro.data.download.extract import extract


def tar(path, *members):
    with tarfile.open(path, "w:gz") as out:
        for info, content in members:
            info.size = len(content)
            out.addfile(info, io.BytesIO(content))
    return path


def file(name, **fields):
    info = tarfile.TarInfo(name)
    for key, value in fields.items():
        setattr(info, key, value)
    return info


def make(tmp_path, kind, files):
    if kind == "tar":
        return tar(tmp_path / "a.tar.gz", *((file(n), c) for n, c in files.items()))
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in files.items():
            out.writestr(name, content)
    return tmp_path / "a.zip"


@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_all_files_come_out_once(tmp_path, kind):
    archive = make(tmp_path, kind, {"d/x.txt": b"one", "d/e/y.txt": b"two"})
    folder = extract(archive, tmp_path / "out")
    assert {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()} == {
        "d/x.txt": b"one",
        "d/e/y.txt": b"two",
    }
    (folder / "d" / "x.txt").write_bytes(b"mine")
    assert extract(archive, folder) == folder
    assert (folder / "d" / "x.txt").read_bytes() == b"mine"


def nothing_left(tmp_path, archive):
    return {p.name for p in tmp_path.iterdir()} <= {archive.name, ".out.lock"}


@pytest.mark.parametrize("kind", ["tar", "zip"])
@pytest.mark.parametrize("name", ["../x", "d/../../x", "/etc/x", "C:/x", "d\\..\\..\\x"])
def test_names_that_lead_outside_are_refused_and_nothing_is_left(tmp_path, kind, name):
    archive = make(tmp_path, kind, {"fine": b"1", name: b"2"})
    with pytest.raises(DownloadError, match="refuses to unpack"):
        extract(archive, tmp_path / "out")
    assert nothing_left(tmp_path, archive)
    assert not (tmp_path.parent / "x").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_links_and_special_files_are_refused(tmp_path, kind):
    archive = tar(tmp_path / "a.tar.gz", (file("fine"), b"1"), (file("l", type=kind, linkname="/etc/passwd"), b""))
    with pytest.raises(DownloadError, match="'l', which is a link or special file"):
        extract(archive, tmp_path / "out")
    assert nothing_left(tmp_path, archive)


def test_a_link_in_a_zip_is_refused(tmp_path):
    info = zipfile.ZipInfo("l")
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as out:
        out.writestr(info, "/etc/passwd")
    with pytest.raises(DownloadError, match="'l', which is a link or special file"):
        extract(tmp_path / "a.zip", tmp_path / "out")


@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_too_many_bytes_or_files_are_refused(tmp_path, kind):
    archive = make(tmp_path, kind, {"a": bytes(3_000_000), "b": b"1"})
    with pytest.raises(DownloadError, match="unpacks to more than 2000000 bytes"):
        extract(archive, tmp_path / "out", max_bytes=2_000_000)
    with pytest.raises(DownloadError, match="holds more than 1 files"):
        extract(archive, tmp_path / "out", max_files=1)
    assert nothing_left(tmp_path, archive)
    assert extract(archive, tmp_path / "out", max_bytes=3_000_001, max_files=2).is_dir()


@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_a_damaged_archive_leaves_nothing(tmp_path, kind):
    archive = make(tmp_path, kind, {"a": bytes(range(256)) * 100})
    archive.write_bytes(archive.read_bytes()[:-40])
    with pytest.raises(DownloadError, match=r"cannot be unpacked|neither a tar nor a zip"):
        extract(archive, tmp_path / "out")
    assert nothing_left(tmp_path, archive)


def test_no_archive_at_all(tmp_path):
    (tmp_path / "a.tar").write_text("hello")
    with pytest.raises(DownloadError, match="neither a tar nor a zip archive"):
        extract(tmp_path / "a.tar", tmp_path / "out")
