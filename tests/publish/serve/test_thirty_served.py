"""Thirty folders of strangers, broken and hostile in thirty ways: all are served, and none of their code is run."""

import sys
import threading
import urllib.request
from pathlib import Path

import pytest

from tests.publish.test_hostile import Outline

sys.path.insert(0, str(Path(__file__).parents[1] / "grade"))  # where the folders are made
from thirty import thirty

from repro.publish.serve.serving import serving

pytestmark = pytest.mark.slow


def test_every_folder_has_a_page_and_a_live_page(tmp_path):
    home = tmp_path / "handed-in"
    names = thirty(home)
    said: list[str] = []
    with serving([home], home / "course.yaml", 0, said.append) as (server, number):
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        assert number == len(names) - 1  # all but the one that never came
        pages = Outline(get(server.url)).links
        live = sorted({link for link in pages if link.startswith("live/")})
        assert len(live) == number
        found = {name: Outline(get(server.url + name)) for name in live}
        server.shutdown()
    assert said == []
    assert not list(home.rglob("sprung"))
    assert all("script" in one.tags and "iframe" not in one.tags for one in found.values())
    assert not [link for one in found.values() for link in one.links if "javascript" in link or "evil" in link]


def get(url: str) -> str:
    with urllib.request.urlopen(url) as answer:
        return answer.read().decode()
