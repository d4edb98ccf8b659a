"""What is answered and what is refused, by raw requests: names, methods, sites, paths, and streams that end."""

import contextlib
import json
import socket
import threading
import time

import pytest

from repro.publish.serve.catalogue import Catalogue, LivePage
from repro.publish.serve.guard import refusal
from repro.publish.serve.server import MOST_CONNECTIONS, MOST_STREAMS, Server, why_not
from tests.publish.serve.asking import ask, read, say, served


def test_a_page_comes_with_every_header(server):
    heard = ask(server)
    assert heard.status == 200
    assert b"hello" in heard.body
    assert b'<main id="main" data-version="1">' in heard.body
    assert {name: heard.headers[name] for name in heard.headers if name not in ("date", "content-length")} == {
        "server": "repro",
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": "frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "cross-origin-resource-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
        "connection": "close",
    }
    assert int(heard.headers["content-length"]) == len(heard.body)


def test_it_listens_on_this_machine_alone(server):
    assert server.socket.getsockname()[0] == "127.0.0.1"
    others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)} - {"127.0.0.1"}
    for other in [one for one in others if not one.startswith("127.")]:
        with pytest.raises(OSError), socket.create_connection((other, server.port), timeout=2):
            pass


@pytest.mark.parametrize("path", ["/", "/index.html", "/index.html?q=1", "/folders/%C3%A9%20%27x%27.html"])
def test_what_is_listed_is_served(server, path):
    assert ask(server, path).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/unlisted.html", "/.repro-site.json", "/link.html", "/folders", "/folders/", "/../outside.html",
        "/%2e%2e/outside.html", "/folders/..%2findex.html", "/folders/../index.html", "/index.html/", "/index.html%00",
        "/./index.html", "/%2Findex.html", "/INDEX.HTML", "/etc/passwd", "//etc/passwd", "/live/x.html",
        "/\\index.html", "/index.html%0d%0aX-Y:z", "/C:/index.html", "/" + "a" * 5000,
    ],
)  # fmt: skip
def test_nothing_else_is(server, path):
    heard = ask(server, path)
    assert heard.status == 404
    assert b"secret" not in heard.body
    assert "x-y" not in heard.headers


def test_a_picture_with_a_script_is_a_picture(server):
    heard = ask(server, "/picture.svg")
    assert heard.headers["content-type"] == "image/svg+xml"
    assert heard.headers["content-security-policy"].startswith("default-src 'none';")
    assert "sandbox" in heard.headers["content-security-policy"]


def test_a_listed_file_that_becomes_a_link_or_goes_is_not_served(server, root):
    (root / "index.html").unlink()
    assert ask(server).status == 404
    (root / "index.html").symlink_to(root / "unlisted.html")
    assert ask(server).status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "BREW", "get"])
def test_other_methods_are_refused(server, method):
    heard = ask(server, "/", method, body=b"x=1")
    assert heard.status == 405
    assert heard.headers["allow"] == "GET, HEAD"
    assert "access-control-allow-origin" not in heard.headers


def test_head_is_get_without_the_page(server):
    head, get = ask(server, method="HEAD"), ask(server)
    assert (head.status, head.body) == (200, b"")
    assert {**head.headers, "date": ""} == {**get.headers, "date": ""}


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.evil.example:{port}", "localhost",
     "", "127.0.0.1:{port}@evil.example", "0.0.0.0:{port}", "[::1]:{port}", "127.0.0.1:{port}, evil.example",
     "localhost.:{port}"],
)  # fmt: skip
def test_a_name_that_is_not_ours_is_refused(server, host):
    """DNS rebinding: evil.example leads to 127.0.0.1, and the browser takes the page for one of evil.example's."""
    heard = ask(server, headers={"Host": host.format(port=server.port)})
    assert heard.status == 421
    assert b"hello" not in heard.body


def test_no_name_and_two_names_are_refused(server):
    ours = f"Host: 127.0.0.1:{server.port}\r\n"
    assert read(say(server, b"GET / HTTP/1.1\r\n\r\n")).status == 421
    assert read(say(server, f"GET / HTTP/1.1\r\n{ours}Host: evil.example\r\n\r\n".encode())).status == 421
    assert read(say(server, f"GET / HTTP/1.1\r\n{ours}{ours}\r\n".encode())).status == 421
    assert (
        read(say(server, f"GET http://evil.example/ HTTP/1.1\r\n{ours}Connection: close\r\n\r\n".encode())).status
        == 200
    )


def test_localhost_is_ours_too(server):
    assert ask(server, headers={"Host": f"LocalHost:{server.port}"}).status == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site", "Cross-Site", "anything"])
@pytest.mark.parametrize("path", ["/", "/nothing.html", "/events?page=index.html"])
def test_a_page_of_another_site_is_refused_and_cannot_tell_what_there_is(server, site, path):
    heard = ask(server, path, headers={"Sec-Fetch-Site": site})
    assert heard.status == 403
    assert heard.body == ask(server, "/other", headers={"Sec-Fetch-Site": site}).body


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1:{port}"])
def test_another_origin_is_refused_by_browsers_that_say_no_site(server, origin):
    assert ask(server, headers={"Origin": origin.format(port=server.port)}).status == 403


def test_our_own_pages_are_answered(server):
    own = {"Sec-Fetch-Site": "same-origin", "Origin": f"http://127.0.0.1:{server.port}"}
    heard = ask(server, headers=own)
    assert heard.status == 200
    assert not any(name.startswith("access-control") for name in heard.headers)


def test_what_is_sent_along_is_never_taken_for_a_second_request(server):
    inner = b"GET /picture.svg HTTP/1.1\r\nHost: x\r\n\r\n"
    head = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Length: {len(inner)}\r\n\r\n"
    assert say(server, head.encode() + inner).count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(
    "text",
    [b"\r\n\r\n", b"\x00\xff\xfe\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET / HTTP/x\r\n\r\n",
     b"GET /\r\n\r\n",
     b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 300 + b"\r\n", b"GET /" + b"a" * 70000 + b" HTTP/1.1\r\n\r\n"],
)  # fmt: skip
def test_a_request_that_is_none_gets_no_page_and_the_server_lives(server, text):
    heard = say(server, text)
    assert b"hello" not in heard
    assert ask(server).status == 200


def test_a_slow_request_does_not_hold_up_others(server):
    with socket.create_connection(("127.0.0.1", server.port)) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost:")
        assert ask(server).status == 200
        slow.setblocking(False)
        with pytest.raises(BlockingIOError):  # the slow one is neither answered nor given up yet
            slow.recv(1)


def listen(server: Server, page: str, until: int) -> list[dict[str, str]]:
    """So many pieces of news of a page's stream."""
    news = []
    with socket.create_connection(("127.0.0.1", server.port), timeout=120) as line:
        line.sendall(f"GET /events?page={page} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
        for text in line.makefile("r", encoding="utf-8", newline=""):
            if text.startswith("data: "):
                news.append(json.loads(text.removeprefix("data: ")))
            if len(news) == until:
                break
    return news


def test_a_stream_says_the_version_and_each_change_of_it(server, catalogue, root):
    def change() -> None:
        time.sleep(0.2)
        catalogue.show(root, {"index.html": "2", "picture.svg": "1"})
        time.sleep(0.2)
        catalogue.say("the disk is full")

    thread = threading.Thread(target=change)
    thread.start()
    heard = listen(server, "index.html", 3)
    thread.join()
    assert [(one["version"], one["problem"]) for one in heard] == [("1", ""), ("2", ""), ("2", "the disk is full")]


def test_streams_are_bounded_and_end_with_the_server(catalogue):
    with served(catalogue) as server:
        head = f"GET /events?page=index.html HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode()
        lines = [socket.create_connection(("127.0.0.1", server.port), timeout=120) for _ in range(MOST_STREAMS)]
        for line in lines:
            line.sendall(head)
            assert line.recv(15).startswith(b"HTTP/1.1 200")
        assert ask(server, "/events?page=index.html").status == 503
        assert ask(server).status == 200
    for line in lines:
        with line:
            while line.recv(65536):
                pass  # to its end, which comes


def test_a_live_page_is_made_when_it_is_asked_for(server, catalogue):
    made = []

    def make() -> str:
        made.append(1)
        return '<main id="main">now</main>'

    catalogue.show_live({"live/a.html": LivePage(make, "v1")})
    assert not made
    assert ask(server, "/live/a.html").body == b'<main id="main" data-version="v1">now</main>'
    assert made == [1]
    catalogue.show_live({})
    assert ask(server, "/live/a.html").status == 404


def test_a_page_that_cannot_be_made_ends_one_request(server, catalogue):
    def make() -> str:
        raise RuntimeError("no")

    catalogue.show_live({"live/a.html": LivePage(make, "v1")})
    assert say(server, f"GET /live/a.html HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode()) == b""
    assert ask(server).status == 200


def test_a_port_in_use_is_said_with_one_that_is_free():
    with served(Catalogue()) as server:
        with pytest.raises(OSError) as caught:
            Server(Catalogue(), server.port)
        said = why_not(caught.value, server.port) or ""
        assert said.startswith(f"port {server.port} is in use; say --port ")
        with served(Catalogue()):
            pass
    assert why_not(OSError(28, "No space left on device"), 8000) is None
    assert why_not(PermissionError(13, "Permission denied"), 80) == (
        "permission denied for port 80; use a port from 1024 up, such as --port 8000"
    )


def test_on_port_80_a_browser_leaves_the_port_out():
    assert refusal("GET", {"host": ["127.0.0.1"]}, 80) is None
    assert refusal("GET", {"host": ["127.0.0.1"]}, 8000) is not None


def test_a_head_that_drips_is_given_up(catalogue, monkeypatch):
    """A byte now and then keeps every read short of its limit; the head as a whole has one too."""
    monkeypatch.setattr("repro.publish.serve.server.SLOW_SECONDS", 1.0)
    with served(catalogue) as server, socket.create_connection(("127.0.0.1", server.port), timeout=120) as line:
        line.sendall(b"GET / HTTP/1.1\r\n")
        ended = False
        for _ in range(200):
            try:
                line.sendall(b"X")
                line.settimeout(0.1)
                ended = line.recv(100) == b""
            except TimeoutError:
                continue
            except OSError:
                ended = True
            if ended:
                break
        assert ended
        assert ask(server).status == 200
        assert server.heads == {}


def test_more_connections_than_it_answers_are_sent_away(catalogue):
    before = threading.active_count()
    with served(catalogue) as server:
        lines = []
        for _ in range(MOST_CONNECTIONS + 40):
            lines.append(socket.create_connection(("127.0.0.1", server.port), timeout=120))
        lines[-1].settimeout(20)
        with contextlib.suppress(ConnectionResetError):
            assert lines[-1].recv(100) == b""
        assert threading.active_count() - before <= MOST_CONNECTIONS + 5
        for line in lines:
            line.close()
        until = time.monotonic() + 20
        while threading.active_count() - before > 20 and time.monotonic() < until:
            time.sleep(0.05)
        assert ask(server).status == 200
