"""A server that speaks the part of W&B's web API which the client uses, and keeps what it is sent, on loopback.

It imitates what was seen of wandb 0.31: runs by id, history lines at offsets (a line that is sent again takes its own
place), what a resumed run asks for, artifacts that count once they are committed, and the queries of ``wandb.Api``.
"""

import gzip
import http.server
import json
import re
import threading
import urllib.parse
from dataclasses import dataclass, field
from typing import Any, Literal

ENTITY = "somebody"
CANARY = "canary" + "7" * 34
"""The key; it must be found nowhere afterwards."""
Mood = Literal["well", "hangs", "fails", "drops"]


@dataclass
class KeptRun:
    """What the server holds of a run. ``sent`` counts how often each history line came."""

    name: str
    display: str = ""
    group: str = ""
    job_type: str = ""
    tags: list[str] = field(default_factory=list)
    config: dict[str, Any] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
    lines: dict[int, dict[str, Any]] = field(default_factory=dict)
    sent: dict[int, int] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    exit_code: int | None = None

    @property
    def rows(self) -> list[dict[str, Any]]:
        """History lines by offset."""
        return [self.lines[offset] for offset in sorted(self.lines)]


@dataclass
class KeptArtifact:
    """An artifact; it counts once it is committed."""

    name: str
    type: str
    runs: set[str]
    digest: str
    metadata: Any
    state: str = "PENDING"
    files: dict[str, bytes] = field(default_factory=dict)


class Wandb:
    """The server, in a thread. ``mood`` may be changed at any time: answer, never answer, say 500, drop the line."""

    def __init__(self) -> None:
        self.mood: Mood = "well"
        self.runs: dict[str, KeptRun] = {}
        self.artifacts: list[KeptArtifact] = []
        self.unknown: list[str] = []
        self.requests: list[str] = []
        self.bodies: list[bytes] = []
        self.projects: set[str] = set()
        self.views: list[dict[str, Any]] = []
        self._freed = threading.Event()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

            def do_GET(self) -> None:
                outer._serve(self, b"")

            def do_POST(self) -> None:
                outer._serve(self, _body(self))

            def do_PUT(self) -> None:
                outer._serve(self, _body(self))

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: Any) -> None:
                """A client that was killed is no news."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Let go of what hangs, and of the port."""
        self._freed.set()
        self._server.shutdown()
        self._server.server_close()

    def committed(self, run: str | None = None) -> dict[str, KeptArtifact]:
        """The committed artifacts, of one run or of all, by name."""
        return {a.name: a for a in self.artifacts if a.state == "COMMITTED" and (run is None or run in a.runs)}

    def _serve(self, asked: http.server.BaseHTTPRequestHandler, body: bytes) -> None:
        self.requests.append(f"{asked.command} {asked.path}")
        self.bodies.append(body)
        if self.mood == "hangs":
            self._freed.wait()
        if self.mood == "drops":
            asked.close_connection = True
            asked.connection.close()
            return
        if self.mood == "fails":
            _send(asked, {"errors": [{"message": "out of order"}]}, 500)
            return
        if asked.command == "PUT":
            self._put(asked.path, body)
            _send(asked, {})
        elif asked.path.startswith("/graphql"):
            said = json.loads(body)
            match = re.search(r"(query|mutation)\s+(\w+)", said["query"])
            operation = match.group(2) if match else "?"
            answer = self._answer(operation, said["query"], said.get("variables") or {})
            if answer is None:
                self.unknown.append(said["query"])
            _send(asked, {"data": answer or {}})
        elif asked.path.endswith("/file_stream"):
            self._stream(asked.path, json.loads(body))
            _send(asked, {"exitcode": None, "limits": {}})
        else:
            _send(asked, {})

    def _stream(self, path: str, said: dict[str, Any]) -> None:
        run = self._run(path.split("/")[-2])
        for name, part in (said.get("files") or {}).items():
            if name == "wandb-history.jsonl":
                for number, line in enumerate(part["content"], part["offset"]):
                    run.lines[number] = json.loads(line)
                    run.sent[number] = run.sent.get(number, 0) + 1
            elif name == "wandb-summary.json":
                run.summary = json.loads(part["content"][-1])
        if said.get("complete"):
            run.exit_code = said.get("exitcode")

    def _put(self, path: str, body: bytes) -> None:
        _, _, kind, owner, *name = urllib.parse.unquote(path).split("/", 4)
        if kind == "artifact":
            self.artifacts[int(owner)].files[name[0]] = body
        elif kind == "run":
            self._run(owner).files.add(name[0])

    def _run(self, name: str) -> KeptRun:
        return self.runs.setdefault(name, KeptRun(name))

    def _answer(self, operation: str, query: str, given: dict[str, Any]) -> dict[str, Any] | None:
        made = getattr(self, f"_{operation}", None)
        return None if made is None else made(given)

    def _Viewer(self, _: dict[str, Any]) -> dict[str, Any]:
        teams = {"edges": [{"node": {"name": ENTITY}}]}
        user = {"id": "u", "entity": ENTITY, "username": "u", "email": "u@example.org", "flags": "{}", "teams": teams}
        return {"viewer": user}

    _GetDefaultEntity = _GetViewer = _Viewer

    def _ServerFeaturesQuery(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"serverInfo": {"features": []}}

    def _ServerInfo(self, _: dict[str, Any]) -> dict[str, Any]:
        versions = {"max_cli_version": "0.99.0", "min_cli_version": "0.0.0"}
        return {"serverInfo": {"cliVersionInfo": versions, "latestLocalVersionInfo": None}}

    def _RunResumeStatus(self, given: dict[str, Any]) -> dict[str, Any]:
        run = self.runs.get(given["name"])
        if run is None or not run.display:
            return {"model": None}
        tail = json.dumps([json.dumps(run.rows[-1])]) if run.lines else "[]"
        bucket = {
            "id": run.name,
            "name": run.name,
            "displayName": run.display,
            "summaryMetrics": json.dumps(run.summary),
            "config": json.dumps(run.config),
            "logLineCount": 0,
            "historyLineCount": len(run.lines),
            "eventsLineCount": 0,
            "historyTail": tail,
            "eventsTail": "[]",
            "tags": run.tags,
            "wandbConfig": json.dumps({"t": run.config.get("_wandb", {}).get("value", {}).get("t")}),
        }
        return {"model": {"id": "p", "name": given["project"], "entity": {"id": "e", "name": ENTITY}, "bucket": bucket}}

    def _UpsertBucket(self, given: dict[str, Any]) -> dict[str, Any]:
        inserted = given["name"] not in self.runs
        run = self._run(given["name"])
        run.display = given.get("displayName") or run.display
        run.group = given.get("groupName") or run.group
        run.job_type = given.get("jobType") or run.job_type
        run.tags = given.get("tags") if given.get("tags") is not None else run.tags
        if given.get("config"):
            run.config = json.loads(given["config"])
        self.projects.add(given.get("project") or "")
        project = {"id": "p", "name": given.get("project"), "entity": {"id": "e", "name": ENTITY}}
        bucket = {
            **{"id": run.name, "name": run.name, "displayName": run.display, "description": None, "sweepName": None},
            **{"config": json.dumps(run.config), "historyLineCount": len(run.lines), "project": project},
        }
        return {"upsertBucket": {"bucket": bucket, "inserted": inserted}}

    def _Run(self, given: dict[str, Any]) -> dict[str, Any]:
        run = self.runs.get(given["name"])
        if run is None or not run.display:
            return {"project": {"run": None}}
        said = {
            **{"id": run.name, "name": run.name, "displayName": run.display, "tags": run.tags, "sweepName": None},
            **{"state": "finished" if run.exit_code == 0 else "running", "config": json.dumps(run.config)},
            **{"group": run.group, "jobType": run.job_type, "commit": None, "readOnly": False, "notes": None},
            **{"createdAt": "2026-01-01T00:00:00", "heartbeatAt": "2026-01-01T00:00:00", "description": None},
            **{"systemMetrics": "{}", "summaryMetrics": json.dumps(run.summary), "historyLineCount": len(run.lines)},
            **{"user": {"name": "u", "username": "u"}, "historyKeys": {"lastStep": len(run.lines) - 1}},
        }
        return {"project": {"internalId": "1", "run": {"projectId": "1", **said}}}

    def _RunHistoryKeys(self, given: dict[str, Any]) -> dict[str, Any]:
        run = self.runs[given["name"]]
        last = run.rows[-1]["_step"] if run.lines else -1
        return {"project": {"run": {"historyKeys": {"keys": {}, "lastStep": last}}}}

    def _RunOutputArtifacts(self, given: dict[str, Any]) -> dict[str, Any]:
        of_run = [(n, a) for n, a in enumerate(self.artifacts) if given["run"] in a.runs]
        project = {"id": "p", "internalId": "1", "name": given["project"], "entity": {"name": ENTITY}}
        nodes = [
            {
                **{"__typename": "Artifact", "id": str(number), "versionIndex": 0, "description": None, "tags": []},
                **{"artifactSequence": {"__typename": "ArtifactSequence", "name": one.name, "project": project}},
                **{"artifactType": {"name": one.type}, "metadata": json.dumps(one.metadata), "historyStep": None},
                **{"ttlDurationSeconds": -2, "ttlIsInherited": False, "state": one.state, "size": 1},
                **{"digest": one.digest, "commitHash": "x", "fileCount": len(one.files), "aliases": []},
                **{"createdAt": "2026-01-01T00:00:00", "updatedAt": None},
            }
            for number, one in of_run
        ]
        info = {"__typename": "PageInfo", "endCursor": None, "hasNextPage": False}
        found = {"totalCount": len(nodes), "pageInfo": info, "edges": [{"node": node} for node in nodes]}
        return {"project": {"run": {"artifacts": found}}}

    def _upsertView(self, given: dict[str, Any]) -> dict[str, Any]:
        self.views.append(given)
        project = {"id": "p", "name": given.get("projectName"), "entityName": ENTITY}
        view = {
            **{"id": "Vmlldzox", "name": given.get("name") or "nw-x-v", "type": given.get("type")},
            **{"displayName": given.get("displayName"), "description": None, "spec": given.get("spec")},
            **{"project": project, "entityName": ENTITY, "projectName": given.get("projectName"), "user": {"id": "u"}},
            **{"createdAt": "2026-01-01T00:00:00", "updatedAt": "2026-01-01T00:00:00"},
        }
        return {"upsertView": {"view": view, "inserted": True}}

    _UpsertView2 = _upsertView

    def _CreateRunFiles(self, given: dict[str, Any]) -> dict[str, Any]:
        at = f"{self.url}/upload/run/{given['run']}"
        files = [{"name": name, "uploadUrl": f"{at}/{urllib.parse.quote(name)}"} for name in given["files"]]
        return {"createRunFiles": {"runID": given["run"], "uploadHeaders": [], "files": files}}

    def _ArtifactType(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"project": {"artifact": None}}

    def _CreateArtifact(self, given: dict[str, Any]) -> dict[str, Any]:
        said = given["input"]
        known = [
            (number, one)
            for number, one in enumerate(self.artifacts)
            if (one.name, one.digest) == (said["artifactCollectionName"], said["digest"]) and one.state == "COMMITTED"
        ]
        if known:
            number, one = known[0]
            one.runs.add(said["runName"])
        else:
            one = KeptArtifact(
                said["artifactCollectionName"],
                said["artifactTypeName"],
                {said["runName"]},
                said["digest"],
                json.loads(said["metadata"] or "null"),
            )
            number = len(self.artifacts)
            self.artifacts.append(one)
        sequence = {"id": f"s{number}", "latestArtifact": None}
        return {"createArtifact": {"artifact": {"id": str(number), "state": one.state, "artifactSequence": sequence}}}

    def _CreateArtifactManifest(self, given: dict[str, Any]) -> dict[str, Any]:
        number = given["artifactID"]
        at = {"uploadUrl": f"{self.url}/upload/manifest/{number}/m", "uploadHeaders": []}
        file = {"id": "f", "name": "wandb_manifest.json", "displayName": "m", **at}
        return {"createArtifactManifest": {"artifactManifest": {"id": f"M{number}", "file": file}}}

    def _CreateArtifactFiles(self, given: dict[str, Any]) -> dict[str, Any]:
        edges = []
        for file in given["input"]["artifactFiles"]:
            number, name = file["artifactID"], file["name"]
            url = f"{self.url}/upload/artifact/{number}/{urllib.parse.quote(name)}"
            node = {
                **{"id": name, "name": name, "displayName": name, "storagePath": f"{number}/{name}"},
                **{"uploadUrl": url, "uploadHeaders": [], "uploadMultipartUrls": None, "artifact": {"id": number}},
            }
            edges.append({"node": node})
        return {"createArtifactFiles": {"files": {"edges": edges}}}

    def _CommitArtifact(self, given: dict[str, Any]) -> dict[str, Any]:
        self.artifacts[int(given["artifactID"])].state = "COMMITTED"
        return {"commitArtifact": {"artifact": {"id": given["artifactID"], "digest": "x"}}}

    def _UseArtifact(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"useArtifact": {"artifact": {"id": given.get("artifactID")}}}


def _body(asked: http.server.BaseHTTPRequestHandler) -> bytes:
    length = int(asked.headers.get("Content-Length") or 0)
    body = asked.rfile.read(length) if length else b""
    if asked.headers.get("Transfer-Encoding") == "chunked":
        body = b""
        while size := int(asked.rfile.readline(), 16):
            body += asked.rfile.read(size)
            asked.rfile.readline()
        asked.rfile.readline()
    return gzip.decompress(body) if asked.headers.get("Content-Encoding") == "gzip" else body


def _send(asked: http.server.BaseHTTPRequestHandler, said: dict[str, Any], code: int = 200) -> None:
    body = json.dumps(said).encode()
    asked.send_response(code)
    asked.send_header("Content-Type", "application/json")
    asked.send_header("Content-Length", str(len(body)))
    asked.end_headers()
    asked.wfile.write(body)
