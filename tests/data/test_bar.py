import subprocess
import sys


def test_a_process_that_ends_at_once_leaves_no_semaphore_behind():
    """Workers are ended so; a warning of Python's would stand in the user's terminal."""
    code = (
        "import os, multiprocessing\n"
        "from repro.data.bar import tqdm\n"
        "from multiprocessing import resource_tracker\n"
        "made = []\n"
        "resource_tracker.register = lambda name, kind: made.append(kind)\n"
        "bar = tqdm(total=1, disable=False, file=open(os.devnull, 'w'))\n"
        "bar.update()\n"
        "assert made == [], made\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
