import contextlib
import hashlib
import logging
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from repro.data.download.cache import cache_folder
from repro.data.download.download_error import DownloadError
from repro.data.download.fetch import fetch
from repro.data.download.remote_file import RemoteFile

CONTENT = bytes(range(256)) * 2000
SHA = hashlib.sha256(CONTENT).hexdigest()


def remote(*urls: str) -> RemoteFile:
    return RemoteFile("tones", "a.bin", SHA, len(CONTENT), urls)


def send(body: bytes, *, length: int | None = None, status: int = 200):
    def answer(handler):
        answer.calls += 1
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body) if length is None else length))
        handler.end_headers()
        handler.wfile.write(body)

    answer.calls = 0
    return answer


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.delenv("REPRO_MIRROR", raising=False)
    monkeypatch.setenv("REPRO_DATA", str(tmp_path / "cache"))
    return tmp_path / "cache"


def left_over(cache: Path) -> list[str]:
    return sorted(p.name for p in (cache / "tones").iterdir() if not p.name.endswith(".lock"))


def test_a_file_comes_once_and_then_from_the_cache(serve, cache):
    answer = send(CONTENT)
    url = serve(answer) + "/a.bin"
    path = fetch(remote(url))
    assert path == cache / "tones" / "a.bin"
    assert path.read_bytes() == CONTENT
    assert fetch(remote(url)) == path
    assert answer.calls == 1
    assert left_over(cache) == ["a.bin"]


def test_the_next_source_is_tried_after_each_kind_of_failure(serve, cache, caplog):
    bad = {
        "404 Not Found": send(b"no", status=404),
        "500 Internal Server Error": send(b"no", status=500),
        "ended after 100 of 512000 bytes": send(CONTENT[:100]),
        "longer than the expected 512000 bytes": send(CONTENT + b"x"),
        "is another file: its sha256 is": send(CONTENT[::-1]),
    }
    urls = [serve(answer) for answer in bad.values()]
    with caplog.at_level(logging.WARNING):
        path = fetch(remote(*urls, serve(send(CONTENT))))
    assert path.read_bytes() == CONTENT
    notes = [r.getMessage() for r in caplog.records]
    assert len(notes) == len(bad)
    for url, said, note in zip(urls, bad, notes, strict=True):
        assert f"after {url}: {said}" in note
    assert left_over(cache) == ["a.bin"]


def test_a_body_that_breaks_off_is_not_kept(serve, cache):
    with pytest.raises(DownloadError, match=r"broke off|ended after 1000 of 512000 bytes"):
        fetch(remote(serve(send(CONTENT[:1000], length=len(CONTENT)))))
    assert left_over(cache) == []


def test_a_server_that_hangs_is_given_up(serve):
    release, ended = threading.Event(), threading.Event()

    def hang(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(CONTENT)))
        handler.end_headers()
        handler.wfile.write(CONTENT[:1000])
        handler.wfile.flush()
        release.wait(300)
        ended.set()

    try:
        path = fetch(remote(serve(hang), serve(send(CONTENT))), read_seconds=0.3)
        assert not ended.is_set()  # the first mirror still hangs
    finally:
        release.set()
    assert path.read_bytes() == CONTENT


def test_a_server_that_drips_is_given_up(serve):
    stop = threading.Event()

    def drip(handler):
        handler.send_response(200)
        handler.end_headers()
        try:
            while not stop.wait(0.05):
                handler.wfile.write(b"x")
                handler.wfile.flush()
        except OSError:
            pass

    try:
        with pytest.raises(DownloadError, match="too slow"):
            fetch(remote(serve(drip)), read_seconds=0.5)
    finally:
        stop.set()


def test_nor_does_it_wait_for_headers_that_drip(serve, monkeypatch):
    """A line of the head now and then keeps each read short of its limit; the answer as a whole has one too."""
    monkeypatch.setattr("repro.data.download.transfer.CONNECT_SECONDS", 0.5)
    stop = threading.Event()

    def drip(handler):
        with contextlib.suppress(OSError):
            handler.wfile.write(b"HTTP/1.0 200 OK\r\n")
            while not stop.wait(0.05):
                handler.wfile.write(b"X-A: b\r\n")
                handler.wfile.flush()

    try:
        path = fetch(remote(serve(drip), serve(send(CONTENT))), read_seconds=0.5)
    finally:
        stop.set()
    assert path.read_bytes() == CONTENT


def test_without_a_network_it_says_what_was_tried_and_what_to_do(cache):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(DownloadError) as caught:
        fetch(remote(f"http://127.0.0.1:{port}/a.bin", f"http://127.0.0.1:{port}/b.bin"))
    assert str(caught.value).splitlines() == [
        "tones: a.bin cannot be downloaded. Tried:",
        f"  http://127.0.0.1:{port}/a.bin: connection refused",
        f"  http://127.0.0.1:{port}/b.bin: connection refused",
        "What to do: connect to the network and run again; or set REPRO_MIRROR to a folder or an http address that "
        f"holds tones/a.bin; or put the file at {cache / 'tones' / 'a.bin'} (sha256 {SHA}).",
    ]


def test_a_damaged_file_in_the_cache_is_fetched_again_with_a_note(serve, cache, caplog):
    url = serve(send(CONTENT))
    path = fetch(remote(url))
    path.write_bytes(CONTENT[:-1] + b"?")
    with caplog.at_level(logging.WARNING):
        assert fetch(remote(url)).read_bytes() == CONTENT
    assert [r.getMessage() for r in caplog.records] == [f"{path} is damaged and is fetched again"]


@pytest.mark.parametrize("kind", ["folder", "file", "http"])
def test_the_mirror_comes_first(serve, tmp_path, monkeypatch, kind):
    home = send(CONTENT)
    folder = tmp_path / "my mirror"
    (folder / "tones").mkdir(parents=True)
    (folder / "tones" / "a.bin").write_bytes(CONTENT)
    asked = []

    def mirror(handler):
        asked.append(handler.path)
        send(CONTENT)(handler)

    set_to = {"folder": str(folder), "file": folder.as_uri(), "http": serve(mirror) + "/"}[kind]
    monkeypatch.setenv("REPRO_MIRROR", set_to)
    assert fetch(remote(serve(home))).read_bytes() == CONTENT
    assert home.calls == 0
    assert asked == (["/tones/a.bin"] if kind == "http" else [])


def test_a_mirror_without_the_file_or_with_another_one_gives_way_to_the_home(serve, tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("REPRO_MIRROR", str(tmp_path / "mirror"))
    with caplog.at_level(logging.WARNING):
        path = fetch(remote(serve(send(CONTENT))))
    assert "a.bin: no such file" in caplog.text
    path.unlink()
    (tmp_path / "mirror" / "tones").mkdir(parents=True)
    (tmp_path / "mirror" / "tones" / "a.bin").write_bytes(CONTENT[::-1])
    assert fetch(remote(serve(send(CONTENT)))).read_bytes() == CONTENT


UNNAMED = hashlib.sha256(CONTENT[::-1]).hexdigest()


def without_checksum(*urls: str, **known) -> RemoteFile:
    return RemoteFile("tones", "a.bin", **{"sha256": None, "size_bytes": None, "urls": urls, **known})


def test_the_first_download_of_a_file_without_a_checksum_is_pinned_and_said(serve, cache, caplog):
    one, other = serve(send(CONTENT)), serve(send(CONTENT[::-1]))
    with caplog.at_level(logging.WARNING):
        path = fetch(without_checksum(one))
    assert [r.getMessage() for r in caplog.records] == [
        f"tones: nobody names a checksum for a.bin; this copy is pinned, sha256 {SHA}, and no other will be used here"
    ]
    caplog.clear()
    assert fetch(without_checksum(other)) == path  # still the first one
    assert caplog.records == []
    path.unlink()
    with pytest.raises(DownloadError, match=f"is another file: its sha256 is {UNNAMED}, expected {SHA}"):
        fetch(without_checksum(other))
    assert fetch(without_checksum(one)).read_bytes() == CONTENT


def test_a_copy_put_into_the_cache_by_hand_is_pinned_too(cache, caplog):
    (cache / "tones").mkdir(parents=True)
    (cache / "tones" / "a.bin").write_bytes(CONTENT)
    with caplog.at_level(logging.WARNING):
        assert fetch(without_checksum()).read_bytes() == CONTENT
    assert f"this copy is pinned, sha256 {SHA}" in caplog.text


def test_an_md5_is_as_good_as_its_publisher_made_it(serve):
    md5 = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()
    with pytest.raises(DownloadError, match=f"its md5 is .*, expected {md5}"):
        fetch(without_checksum(serve(send(CONTENT[::-1])), md5=md5))
    assert fetch(without_checksum(serve(send(CONTENT)), md5=md5)).read_bytes() == CONTENT


def test_an_archive_whose_files_are_checked_is_not_pinned(serve, cache, caplog):
    with caplog.at_level(logging.WARNING):
        fetch(without_checksum(serve(send(CONTENT)), checked_inside=True))
    assert caplog.records == []
    assert left_over(cache) == ["a.bin"]


def test_an_empty_answer_is_no_file(serve):
    with pytest.raises(DownloadError, match="is empty"):
        fetch(without_checksum(serve(send(b""))))


def test_a_mirror_of_an_unknown_kind_is_refused(monkeypatch):
    monkeypatch.setenv("REPRO_MIRROR", "ftp://somewhere/else")
    with pytest.raises(DownloadError, match="REPRO_MIRROR is 'ftp://somewhere/else'; expected a folder or"):
        fetch(remote())


def test_a_cache_that_cannot_be_written_says_so(tmp_path, monkeypatch):
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("REPRO_DATA", str(tmp_path / "a file"))
    with pytest.raises(DownloadError, match=r"cannot be written: .*Set REPRO_DATA to a folder that can be"):
        fetch(remote())


def test_progress_is_told_up_to_the_last_byte(serve):
    told = []
    fetch(remote(serve(send(CONTENT))), on_progress=lambda file, done: told.append((file.name, done)))
    assert told[-1] == ("a.bin", len(CONTENT))
    assert told == sorted(told)


def test_nothing_is_drawn_where_there_is_no_terminal(serve, capfd):
    fetch(remote(serve(send(CONTENT))))
    assert capfd.readouterr() == ("", "")


def another_process(url: str) -> subprocess.Popen[str]:
    """Fetches the file in a process of its own, and prints its sha256."""
    code = (
        "import hashlib; from repro.data.download.fetch import fetch; "
        "from repro.data.download.remote_file import RemoteFile; "
        f"path = fetch(RemoteFile('tones', 'a.bin', {SHA!r}, {len(CONTENT)}, ({url!r},))); "
        "print(hashlib.sha256(path.read_bytes()).hexdigest())"
    )
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)


def test_two_processes_at_once_download_once(serve, cache):
    first = threading.Event()
    calls = []

    def slowly(handler):
        calls.append(handler.path)
        first.set()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(CONTENT)))
        handler.end_headers()
        handler.wfile.write(CONTENT[:1000])
        handler.wfile.flush()
        time.sleep(1.0)
        handler.wfile.write(CONTENT[1000:])

    url = serve(slowly)
    workers = [another_process(url) for _ in range(2)]
    assert [worker.communicate(timeout=300)[0].strip() for worker in workers] == [SHA, SHA]
    assert first.is_set()
    assert len(calls) == 1
    assert left_over(cache) == ["a.bin"]


def test_a_download_that_was_killed_leaves_nothing_that_is_read(serve, cache):
    started, release = threading.Event(), threading.Event()

    def half(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(CONTENT)))
        handler.end_headers()
        handler.wfile.write(CONTENT[: len(CONTENT) // 2])
        handler.wfile.flush()
        started.set()
        release.wait(300)

    worker = another_process(serve(half))
    assert started.wait(300)
    worker.kill()
    worker.communicate()
    release.set()
    assert not (cache / "tones" / "a.bin").exists()
    assert fetch(remote(serve(send(CONTENT)))).read_bytes() == CONTENT  # and the lock is free again


def test_the_cache_is_the_users_own_where_nothing_is_set(monkeypatch):
    monkeypatch.delenv("REPRO_DATA")
    assert cache_folder().is_absolute()
    assert "repro" in cache_folder().parts
    monkeypatch.setenv("REPRO_DATA", "~/data")
    assert cache_folder() == Path.home() / "data"
