"""A test run leaves nothing behind, even when it is killed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shared.testing import processes, run_folder

#: Side by side, one would end what the other has left behind for itself.
pytestmark = pytest.mark.xdist_group("run folders")

ROOT = Path(__file__).resolve().parents[3]

START = """
import os, signal
from shared.testing.run_folder import open_run
from shared.testing.smtp import new_smtp_server
run = open_run()
print(run, new_smtp_server(run).state["process"], flush=True)
"""
KILL = "os.kill(os.getpid(), signal.SIGKILL)"


def _run(code: str) -> tuple[Path, str]:
    environ = {name: value for name, value in os.environ.items() if name != run_folder.VARIABLE}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    folder, process = done.stdout.split()
    return Path(folder), process


def test_a_run_ends_its_servers():
    folder, server = _run(START)
    assert not folder.exists()
    assert not processes.is_running(server)


def test_what_a_killed_run_left_is_ended_by_the_next():
    folder, server = _run(START + KILL)
    assert folder.exists()
    assert processes.is_running(server)
    _run(START)
    assert not folder.exists()
    assert not processes.is_running(server)


def test_a_process_is_not_taken_for_a_later_one_of_the_same_number():
    mine = processes.identify(os.getpid())
    assert processes.is_running(mine)
    assert not processes.is_running(f"{os.getpid()}:1")
