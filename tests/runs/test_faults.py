"""Full disks, failing disks, and an end at any write: what stands is whole, and the next try ends as it should."""

import ast
import contextlib
import errno
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from kills import outcome
from recipes import make

from repro.disk.atomic_write import write_atomically

ROOT = Path(__file__).parents[2]
BEDS = Path(__file__).parent / "beds"
WRITERS = ("write_atomically", "written_whole", "swept")
ACTS = ("kill", "ENOSPC", "EIO", "EACCES")

NOT_IN_A_RUN = {
    "repro.cli.data:_draw",
    "repro.cli.grade:grade",
    "repro.cli.new:new",
    "repro.cli.post:post",
    "repro.cli.report:report",
    "repro.cli.schema:schema",
    "repro.cli.slides:slides",
    "repro.cli.verify:save_verified",
    "repro.data.audio.scan:save",
    "repro.data.download.fetch:_download",
    "repro.data.download.pin:pin",
    "repro.data.item_ids:write_ids",
    "repro.data.profile.cached_levels:cached_levels",
    "repro.data.memmap_cache:_write",
    "repro.data.memmap_cache:cached_memmap",
    "repro.data.cache_eviction:_sweep",
    "repro.data.folder_signature:remember",
    "repro.data.redivide:redivide",
    "repro.data.near_duplicates.cached:cached_near_duplicates",
    "repro.publish.site.manifest:write_manifest",
    "repro.publish.site.atomic_publish:_put",
    "repro.publish.tracking.sent_log:write",
    "repro.publish.tracking.dashboard:save",
    "repro.publish.tracking.study_card:study_attachments",
    "repro.publish.tracking.wandb_client:_png",
    "repro.runs.blind_checks:blind_checks",
    "repro.runs.determinism.file:write",
    "repro.runs.engine.slurm_submission:note",
    "repro.runs.ledger:save",
    "repro.training.fit:_keep",
}
"""Places that write and that no small run or table here comes through; their own tests are elsewhere."""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="faults are made by means of POSIX")


def faults(role, act, folder, first=1, step=1):
    command = [sys.executable, str(BEDS / "faults.py"), role, act, str(folder), str(first), str(step)]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    *told, last = [json.loads(line) for line in ran.stdout.splitlines()]
    assert told
    for one in told:
        assert one["valid"], one
        assert one["same"], one
        assert "Traceback" not in one["said"], one
    return told, set(last["writers"])


def places_that_write():
    """``module:function`` of everything in the program that writes, from its source."""
    found = set()
    for path in sorted((ROOT / "repro").rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        if module.startswith("repro.disk"):
            continue
        tree = ast.parse(path.read_text())
        functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
        for function in functions:
            inner = {id(n) for f in functions if f is not function and f in ast.walk(function) for n in ast.walk(f)}
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and id(node) not in inner and called(node) in WRITERS:
                    found.add(f"{module}:{function.name}")
    return found


def called(node):
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def test_everything_is_written_in_the_one_way():
    """Nothing in the program opens a file to write but the disk room, the unpacking of archives, a run's log and its
    journal, of which a line counts when it is whole, a cache file that grows, of which a journal says how far, the
    empty repository that git is asked through, and the device that swallows what nobody reads.
    """
    allowed = {"repro/runs/git_state.py", "repro/cli/streams.py"}
    allowed |= {"repro/data/download/extract.py", "repro/runs/engine/printing.py", "repro/data/resumable_cache.py"}
    allowed |= {"repro/runs/journal.py"}
    opens = r"""open\([^)]*["'][wax]b?\+?["']"""
    writes = re.compile(rf"\.write_text\(|\.write_bytes\(|savefig\(\s*[\"']|{opens}|mkstemp|NamedTemporary")
    found = set()
    for path in (ROOT / "repro").rglob("*.py"):
        name = path.relative_to(ROOT).as_posix()
        if writes.search(path.read_text()) and not name.startswith("repro/disk/"):
            found.add(name)
    assert found - allowed - {"repro/runs/engine/local.py"} == set()


@pytest.mark.slow
def test_a_failing_disk_while_a_run_is_kept(tmp_path):
    told, _ = faults("worker", "ENOSPC", tmp_path, 3, 11)
    assert any("No space left on device" in one["said"] for one in told)


@pytest.mark.slow
def test_a_worker_that_dies_while_it_writes(tmp_path):
    faults("worker", "kill", tmp_path, 2, 13)


@pytest.mark.slow
def test_a_failing_disk_while_a_table_is_written(tmp_path):
    told, _ = faults("table", "ENOSPC", tmp_path, 2, 17)
    failed = [one for one in told if one["said"] == "1"]
    assert failed
    assert all(one["event"].startswith("os.mkdir") for one in told if one not in failed)  # of folders that are there


@pytest.mark.exhaustive
@pytest.mark.parametrize("act", ACTS)
def test_every_write_of_a_run_and_of_a_table(act, tmp_path):
    """100 % of the writes, and of the places in the program that write."""
    _, in_runs = faults("worker", act, tmp_path / "worker")
    _, in_tables = faults("table", act, tmp_path / "table")
    assert places_that_write() - NOT_IN_A_RUN - in_runs - in_tables == set()


@pytest.mark.slow
def test_the_list_of_places_that_write_is_whole(tmp_path):
    """Each place that the source names is met by the beds, so the exhaustive test leaves none out."""
    _, in_runs = faults("worker", "ENOSPC", tmp_path / "worker", 1, 10**6)
    _, in_tables = faults("table", "ENOSPC", tmp_path / "table", 1, 10**6)
    assert places_that_write() - NOT_IN_A_RUN - in_runs - in_tables == set()


def bound_files(size):
    import resource  # not there on Windows

    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.slow
def test_a_limit_on_file_sizes_costs_no_run(tmp_path):
    """A real EFBIG: checkpoints do not fit, and the run ends all the same, with the same numbers."""
    run = [sys.executable, "-m", "repro", "run", "-q"]
    free, bound = make("own", tmp_path / "free", share=0.2), make("own", tmp_path / "bound", share=0.2)
    subprocess.run([*run, str(free)], check=True, capture_output=True)
    limit = 40_000
    ran = subprocess.run(
        [*run, str(bound)],
        capture_output=True,
        text=True,
        preexec_fn=lambda: bound_files(limit),
    )
    log = next((bound / "runs/full").glob("*.log")).read_text()
    assert "File too large" in log
    assert outcome(bound) == outcome(free), ran.stdout + ran.stderr


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_disk_that_is_really_full(tmp_path):
    """A small disk fills up while a run trains: it says so, keeps what was there, and goes on once there is room."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=130m", "tmpfs", str(disk)], capture_output=True)
    if mount.returncode:
        pytest.skip("this system lets nobody mount a disk here")
    try:
        run = [sys.executable, "-m", "repro", "run", "--jobs", "1"]
        wanted = make("own", tmp_path / "wanted", share=4.0)
        subprocess.run([*run, str(wanted)], check=True, capture_output=True)
        study = make("own", disk / "study", share=4.0)
        with subprocess.Popen([*run, str(study)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            live = study / "runs/live"
            until = time.monotonic() + 120
            while not list(live.glob("*.checkpoint")) and time.monotonic() < until:
                time.sleep(0.02)
            with (disk / "filler").open("wb", buffering=0) as filler:
                while process.poll() is None:  # a checkpoint that is given up makes room again, for a record even
                    with contextlib.suppress(OSError):
                        while True:
                            filler.write(b"0" * 4096)
                    time.sleep(0.005)
            out, err = process.communicate()
        assert process.returncode == 1, out + err
        assert "No space left on device" in err
        assert "make room and run the same command" in err
        assert "Traceback" not in err
        (disk / "filler").unlink()
        again = subprocess.run([*run, str(study)], capture_output=True, text=True)
        assert again.returncode == 0, again.stderr
        assert outcome(study) == outcome(wanted)
    finally:
        subprocess.run(["umount", str(disk)], check=False)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_a_disk_with_read_and_write_errors(tmp_path):
    """The system itself gives EIO at each flush to the disk: nothing is kept, and that is said."""
    study = make("own", tmp_path / "study", share=0.2)
    strace = ["strace", "-f", "-q", "-o", "/dev/null", "--seccomp-bpf", "-e", "trace=fsync"]
    command = [*strace, "-e", "inject=fsync:error=EIO", sys.executable, "-m", "repro", "run", str(study)]
    ran = subprocess.run(command, capture_output=True, text=True)
    if "strace" in ran.stderr and "ptrace" in ran.stderr:
        pytest.skip("this system lets nobody trace a process")
    assert ran.returncode != 0
    assert "Input/output error" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not list((study / "runs").rglob("*.tmp"))
    subprocess.run([sys.executable, "-m", "repro", "run", "-q", str(study)], check=True, capture_output=True)


def test_an_error_while_writing_names_the_file(tmp_path, monkeypatch):
    def full(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"record\.json"):
        write_atomically(tmp_path / "record.json", "x")
