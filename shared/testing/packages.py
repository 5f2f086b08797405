"""The distribution's packages: root on Debian or Ubuntu installs what tests need and lack."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from ctypes.util import find_library
from pathlib import Path

from shared.testing import postfix, postgresql, rabbitmq
from shared.testing.processes import ServerError

#: What shows that a package is there, whoever installed it.
_SIGNS: dict[str, Callable[[], bool]] = {
    "postgresql": lambda: postgresql.programs() is not None,
    "rabbitmq-server": lambda: rabbitmq.program() is not None,
    "postfix": lambda: postfix.program() is not None,
    "chromium": lambda: chromium() is not None,
    "libzbar0": lambda: find_library("zbar") is not None,
    "libical3": lambda: find_library("ical") is not None,
    "libatomic1": lambda: find_library("atomic") is not None,  # for Playwright's own Node.js
    "poppler-utils": lambda: shutil.which("pdftotext") is not None,
    "caddy": lambda: shutil.which("caddy") is not None,
    "wrk": lambda: shutil.which("wrk") is not None,
}

SERVERS = ("postgresql", "rabbitmq-server")

#: What only benchmarks use.
LOAD_CLIENT = ("wrk",)

#: What the tests use.
EVERYTHING = tuple(name for name in _SIGNS if name not in LOAD_CLIENT)

#: Downloads are tried again; whoever else installs something at this moment is waited for.
_PATIENTLY = ("-o", "Acquire::Retries=3", "-o", "DPkg::Lock::Timeout=300")

#: Read by Debian's maintainer scripts: 101 forbids them to start the service they install.
_POLICY = Path("/usr/sbin/policy-rc.d")


def chromium() -> str | None:
    """Return the path of the system's Chromium, or `None`."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def missing(names: Iterable[str]) -> list[str]:
    """Return which of the packages are not there."""
    return [name for name in names if not _SIGNS[name]()]


def can_install() -> bool:
    """Tell whether packages can be installed: by root, on Debian, Ubuntu or their kin."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(names: list[str]) -> None:
    """Install packages without starting any service they hold; raises `ServerError`."""
    if not names:
        return
    print(f"Installing {', '.join(names)} from the distribution…", flush=True)  # noqa: T201
    with _no_services():
        _apt("update", "-qq")
        _apt("install", "-qq", "--yes", "--no-install-recommends", *names)
    left = missing(names)
    if left:
        raise ServerError(f"apt-get installed {', '.join(left)}, but they are not where expected")


def _apt(*arguments: str) -> None:
    done = subprocess.run(  # noqa: S603
        ["apt-get", *_PATIENTLY, *arguments],  # noqa: S607
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ServerError(f"apt-get {arguments[0]} failed:\n{done.stderr[-2000:]}")


@contextlib.contextmanager
def _no_services() -> Iterator[None]:
    if _POLICY.exists():
        yield
        return
    _POLICY.write_text("#!/bin/sh\nexit 101\n")
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink()
