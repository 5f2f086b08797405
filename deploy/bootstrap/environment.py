"""The virtual environment beside the launcher: whether it is current, and how it is made."""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.bootstrap.faults import NO_DISK, NO_VENV, BootstrapError
from deploy.bootstrap.pip import install
from deploy.bootstrap.progress import say

#: Bytes that the packages need at most; less than this free ends in half an installation.
_ROOM = 600_000_000

#: Installed together with what follows, so that tests can use what the commands use.
_PART_OF = {"requirements-test.txt": ["requirements.txt"]}


class Environment:
    """`.venv` with one lock file installed in it.

    Its stamp names the lock files that were installed whole, by their hashes. Without a stamp the
    environment is made anew: an interrupted pip can leave a package that it takes for installed.
    """

    def __init__(self, root: Path, lock: str) -> None:
        self.root = root
        self._lock = lock
        self._folder = root / ".venv"
        self._stamp = self._folder / "parvis-installed.json"
        self.python = self._folder / "bin" / "python"

    def is_current(self) -> bool:
        """Tell whether everything that the lock file names is installed."""
        stamp = self._read_stamp()
        return stamp.get(self._lock) == self._hash(self._lock)

    def install(self) -> None:
        """Make the environment and install the lock file.

        Waits for another `./parvis` that is installing. Raises `BootstrapError`, and `OSError` when
        the folder cannot be used.
        """
        with self._alone() as lock:
            if not self.is_current():
                self._install(lock)

    def _install(self, lock: int) -> None:
        stamp = self._read_stamp()
        self._stamp.unlink(missing_ok=True)
        if not stamp:
            self._check_room()
            self._make(lock)
        install(self.python, self.root / self._lock, keep_open=lock)
        self._write_stamp()

    def _make(self, lock: int) -> None:
        say(f"Making .venv with Python {sys.version.split()[0]}")
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "venv", "--clear", str(self._folder)],
            capture_output=True,
            text=True,
            check=False,
            pass_fds=(lock,),
            env=_clean_environment(),
        )
        if done.returncode == 0:
            return
        words = done.stdout + done.stderr
        if "ensurepip" in words or "No module named" in words:
            raise BootstrapError(NO_VENV)
        if "No space left" in words:
            raise BootstrapError(NO_DISK)
        raise BootstrapError(f"{words.strip()}\nThe virtual environment could not be made.")

    def _check_room(self) -> None:
        free = os.statvfs(self.root)
        if free.f_bavail * free.f_frsize < _ROOM:
            raise BootstrapError(NO_DISK)

    def _read_stamp(self) -> dict[str, str]:
        try:
            stamp: dict[str, str] = json.loads(self._stamp.read_text())
        except (OSError, ValueError):
            return {}
        # The Python that made the environment may have been replaced by another since.
        return stamp if stamp.get("python") == os.path.realpath(self.python) else {}

    def _write_stamp(self) -> None:
        names = [self._lock, *_PART_OF.get(self._lock, [])]
        stamp = {name: self._hash(name) for name in names}
        stamp["python"] = os.path.realpath(self.python)
        draft = self._stamp.with_suffix(".new")
        draft.write_text(json.dumps(stamp, indent=1))
        draft.replace(self._stamp)

    def _hash(self, name: str) -> str:
        return hashlib.sha256((self.root / name).read_bytes()).hexdigest()

    @contextmanager
    def _alone(self) -> Iterator[int]:
        """Hold the lock of the installation; whoever inherits the descriptor holds it too."""
        descriptor = os.open(self.root / ".venv.lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("Another ./parvis is installing: waiting for it")
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)


def _clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
