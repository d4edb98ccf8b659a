"""What an editor offers in a new spec: the real yaml-language-server is driven over its own protocol."""

import json
import queue
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from repro.spec.schema import json_schema

SERVER = shutil.which("yaml-language-server")
SECONDS = 60
PAPERS = sorted((Path(__file__).parents[2] / "papers").glob("*/paper.yaml"))

pytestmark = pytest.mark.skipif(
    SERVER is None, reason="yaml-language-server is not on PATH (npm install -g yaml-language-server)"
)

NEW_SPEC = """\
# yaml-language-server: $schema=spec.schema.json
paper:
  title: A title
dataset: {{name: mnist1d}}
architecture:
  cnn:
{layers}
"""


class Editor:
    """A client of the language server, as an editor is one."""

    def __init__(self, folder: Path) -> None:
        assert SERVER is not None
        self.folder = folder
        self.process = subprocess.Popen(
            [SERVER, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self.messages: queue.Queue[dict[str, Any]] = queue.Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.number = 0
        self.ask("initialize", {"processId": None, "rootUri": folder.as_uri(), "capabilities": {}})
        self.send({"method": "initialized", "params": {}})

    def close(self) -> None:
        self.process.kill()
        self.process.wait(SECONDS)
        self.reader.join(SECONDS)
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()

    def open(self, name: str, text: str) -> str:
        uri = (self.folder / name).as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        return uri

    def offers(self, text: str) -> list[str]:
        """Labels offered where ``|`` stands in the text."""
        before, _, after = text.partition("|")
        self.number += 1
        uri = self.open(f"new{self.number}.yaml", before + after)
        position = {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}
        found = self.ask("textDocument/completion", {"textDocument": {"uri": uri}, "position": position})
        return [item["label"] for item in found["items"]]

    def complaints(self, name: str, text: str) -> list[str]:
        """What the server says is wrong in a file."""
        uri = self.open(name, text)
        while True:
            message = self.messages.get(timeout=SECONDS)
            self.answer(message)
            if message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri:
                return [d["message"] for d in message["params"]["diagnostics"]]

    def ask(self, method: str, params: dict[str, Any]) -> Any:
        self.number += 1
        number = self.number
        self.send({"id": number, "method": method, "params": params})
        while True:
            message = self.messages.get(timeout=SECONDS)
            if message.get("id") == number and "method" not in message:
                assert "error" not in message, message
                return message["result"]
            self.answer(message)

    def answer(self, message: dict[str, Any]) -> None:
        """The server's own questions (its settings) get an empty answer."""
        if "id" in message and "method" in message:
            items = message.get("params", {}).get("items", [])
            self.send({"id": message["id"], "result": [None for _ in items]})

    def send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def _read(self) -> None:
        pipe = self.process.stdout
        assert pipe is not None
        while True:
            length = 0
            while (line := pipe.readline()).strip():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            if not line:
                return
            self.messages.put(json.loads(pipe.read(length)))


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    folder = tmp_path_factory.mktemp("study")
    (folder / "spec.schema.json").write_text(json.dumps(json_schema()), encoding="utf-8")
    editor = Editor(folder)
    yield editor
    editor.close()


def test_layers_are_offered_in_a_list_of_layers(editor: Editor) -> None:
    offered = editor.offers(NEW_SPEC.format(layers="    - |"))
    assert "Conv1d" in offered
    assert "ReLU" in offered
    assert "Residual" in offered
    assert "CrossEntropyLoss" not in offered


def test_a_layer_is_offered_by_its_first_letters(editor: Editor) -> None:
    assert "Conv1d" in editor.offers(NEW_SPEC.format(layers="    - Con|"))


def test_arguments_are_offered_inside_a_layer(editor: Editor) -> None:
    offered = editor.offers(NEW_SPEC.format(layers="    - Conv1d:\n        out_channels: 25\n        |"))
    assert "kernel_size" in offered
    assert "in_channels" not in offered
    assert "hidden_size" not in offered


def test_arguments_are_offered_in_braces(editor: Editor) -> None:
    assert "kernel_size" in editor.offers(NEW_SPEC.format(layers="    - Conv1d: {out_channels: 25, ker|}"))


def test_words_of_a_spec_are_offered(editor: Editor) -> None:
    assert "optimizer" in editor.offers(NEW_SPEC.format(layers="    - ReLU") + "opt|\n")


def test_a_misspelt_argument_is_underlined(editor: Editor) -> None:
    said = editor.complaints("bad.yaml", NEW_SPEC.format(layers="    - Conv1d: {out_channels: 3, kernal_size: 5}"))
    assert any("kernal_size" in text for text in said), said


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: path.parent.name)
def test_shipped_papers_have_nothing_underlined(editor: Editor, path: Path) -> None:
    first, _, rest = path.read_text(encoding="utf-8").partition("\n")
    assert first.startswith("# yaml-language-server: $schema=")
    text = f"# yaml-language-server: $schema=spec.schema.json\n{rest}"
    assert editor.complaints(f"{path.parent.name}.yaml", text) == []


def test_there_are_shipped_papers() -> None:
    assert len(PAPERS) >= 2
