"""A catalogue with a small site of files."""

from pathlib import Path

import pytest

from repro.publish.serve.catalogue import Catalogue
from tests.publish.serve.asking import served

PAGE = '<!doctype html><title>t</title><main id="main"><p>hello</p></main>'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "site"
    (root / "folders").mkdir(parents=True)
    (root / "index.html").write_text(PAGE)
    (root / "folders/é 'x'.html").write_text(PAGE)
    (root / "picture.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    (root / "unlisted.html").write_text("secret")
    (root / ".repro-site.json").write_text("{}")
    (tmp_path / "outside.html").write_text("secret")
    (root / "link.html").symlink_to(tmp_path / "outside.html")
    return root


@pytest.fixture
def catalogue(root: Path) -> Catalogue:
    made = Catalogue()
    made.show(root, dict.fromkeys(("index.html", "folders/é 'x'.html", "picture.svg", "link.html"), "1"))
    return made


@pytest.fixture
def server(catalogue: Catalogue):
    with served(catalogue) as one:
        yield one
