import subprocess
import sys


def test_a_process_that_ends_at_once_leaves_no_semaphore_behind():
    """Workers are ended so; a warning of Python's would stand in the user's terminal."""
    code = (
        "import io, multiprocessing.synchronize as synchronize\n"
        "made = []\n"
        "first = synchronize.SemLock.__init__\n"
        "synchronize.SemLock.__init__ = lambda *words, **more: (made.append(1), first(*words, **more))[1]\n"
        "from repro.data.bar import tqdm\n"
        "tqdm(total=1, file=io.StringIO()).update()\n"
        "assert not made\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
