"""Folders in memory for data that no test needs on a disk; gone with the run like all it makes.

A folder is reached through a link in the run's own, by which it is found again and deleted.
"""

import os
import shutil
import tempfile
from pathlib import Path

from shared.testing import processes

_MEMORY = Path("/dev/shm")  # noqa: S108 - folders of our own in it, with random names

#: How much memory must be free, in bytes: a run's databases take a fifth of it.
ENOUGH = 6 * 2**30


def link_to_memory(link: Path, account: str | None) -> bool:
    """Make `link` lead to a new folder in memory, the account's; tell whether there is enough."""
    if not _MEMORY.is_dir() or shutil.disk_usage(_MEMORY).free < ENOUGH:
        return False
    folder = Path(tempfile.mkdtemp(prefix=f"parvis-tests-{os.geteuid()}-", dir=_MEMORY))
    folder.chmod(0o700)
    if account:
        processes.give(folder, account)
    link.symlink_to(folder)
    return True


def forget_memory(folder: Path) -> None:
    """Delete what the links in a server's folder lead to in memory."""
    for link in folder.iterdir() if folder.is_dir() else ():
        if link.is_symlink() and link.readlink().parent == _MEMORY:
            shutil.rmtree(link.readlink(), ignore_errors=True)
