"""The folder of one test run: the servers of all its processes, and what dead runs left."""

import atexit
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from shared.testing import docker, processes
from shared.testing.memory_folder import forget_memory

#: Names the folder.
VARIABLE = processes.RUN_VARIABLE

_PREFIX = f"parvis-tests-{os.geteuid()}-"
#: What a folder is called until it says whose it is: no other run takes it for a dead one's.
_OPENING = f"parvis-opening-{os.geteuid()}-"
_OWNER = "owner"


def open_run() -> Path:
    """Make the folder of this run, and end what runs that were killed have left behind."""
    base = Path("/var/tmp") if Path("/var/tmp").is_dir() else Path(tempfile.gettempdir())  # noqa: S108
    for folder in base.glob(f"{_PREFIX}*"):
        with suppress(FileNotFoundError):  # another run has just ended it
            if folder.stat().st_uid == os.geteuid() and not _has_owner(folder):
                close_run(folder)
    fresh = Path(tempfile.mkdtemp(prefix=_OPENING, dir=base))
    fresh.chmod(0o711)  # the servers' own accounts go through it
    (fresh / _OWNER).write_text(processes.identify(os.getpid()) or "")
    folder = fresh.rename(base / f"{_PREFIX}{fresh.name.removeprefix(_OPENING)}")
    os.environ[VARIABLE] = str(folder)
    atexit.register(close_run, folder)
    return folder


def current_run() -> Path:
    """Return the folder of the run that this process belongs to; open one if there is none."""
    folder = os.environ.get(VARIABLE)
    return Path(folder) if folder else open_run()


def close_run(folder: Path) -> None:
    """End every server of a run and delete its folder; do nothing where it is closed already."""
    for state in folder.glob("*/server.json"):
        processes.end_recorded(state)
    for state in folder.glob("*/container.json"):
        docker.remove(state.parent)
    for server in folder.glob("*"):
        forget_memory(server)
    shutil.rmtree(folder, ignore_errors=True)
    if os.environ.get(VARIABLE) == str(folder):
        del os.environ[VARIABLE]


@contextmanager
def locked(folder: Path, name: str) -> Iterator[None]:
    """Do the block while no other process of the run does one of this name."""
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _has_owner(folder: Path) -> bool:
    try:
        return processes.is_running((folder / _OWNER).read_text())
    except (OSError, ValueError):
        return False
