"""Running pip on a lock file, and telling how far it is."""

import collections
import os
import re
import subprocess
import threading
from collections.abc import Iterable
from pathlib import Path

from deploy.bootstrap.faults import BootstrapError, explain_pip
from deploy.bootstrap.progress import Bar, say

#: The share of the work that downloading is; the rest is unpacking.
_DOWNLOADING = 0.6

#: Lines of pip's own that are shown when it fails.
_LAST_WORDS = 12

_COLLECTING = re.compile(r"(?:Collecting|Requirement already satisfied:) ([\w.\[\]-]+)")


def install(python: Path, lock: Path, *, keep_open: int) -> None:
    """Install a lock file, every package checked by its hash; raises `BootstrapError`.

    `keep_open` is a descriptor that pip inherits, so that a lock outlives this process.
    """
    command = [str(python), "-m", "pip", "install", "--require-hashes", "--no-deps"]
    command += ["--no-input", "--disable-pip-version-check", "--progress-bar=off"]
    process = subprocess.Popen(  # noqa: S603
        [*command, "-r", str(lock)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        pass_fds=(keep_open,),
        env=_environment(),
    )
    total = len(re.findall(r"^[\w.\[\]-]+==", lock.read_text(), re.MULTILINE))
    bar = Bar("Installing")
    lines = collections.deque[str](maxlen=200)
    try:
        _follow(process.stdout or [], total, bar, lines, python)
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if process.wait() == 0:
        bar.show(1.0, "done")
        bar.close()
        return
    bar.close()
    for line in list(lines)[-_LAST_WORDS:]:
        say(f"  {line}")
    raise BootstrapError(explain_pip("\n".join(lines)))


def _follow(
    output: Iterable[str], total: int, bar: Bar, lines: "collections.deque[str]", python: Path
) -> None:
    collected = 0
    finished = threading.Event()
    watcher = threading.Thread(target=_watch_unpacking, args=(python, total, bar, finished))
    for line in output:
        lines.append(line.rstrip())
        if match := _COLLECTING.match(line):
            collected += 1
            bar.show(_DOWNLOADING * min(collected / total, 1), match[1])
        elif line.startswith("Installing collected packages"):
            watcher.start()
    finished.set()
    if watcher.is_alive():
        watcher.join()


def _watch_unpacking(python: Path, total: int, bar: Bar, finished: threading.Event) -> None:
    """Count the packages that have arrived: pip says nothing while it unpacks."""
    while not finished.wait(0.25):
        arrived = list(python.parent.parent.glob("lib/python3*/site-packages/*.dist-info"))
        if arrived:
            newest = max(arrived, key=lambda path: path.stat().st_mtime)
            done = min(len(arrived) / total, 1)
            bar.show(_DOWNLOADING + (1 - _DOWNLOADING) * done, newest.name.partition("-")[0])


def _environment() -> dict[str, str]:
    ours = {"PIP_USER": "0", "PIP_NO_WARN_SCRIPT_LOCATION": "1"}
    unwanted = ("PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT")
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    return {**kept, **ours, "PYTHONUNBUFFERED": "1"}
