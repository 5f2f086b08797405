"""Processes and ports of the servers that tests start: identified so that no other is hit."""

import contextlib
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

#: Ports for servers. They lie below those that Linux gives to outgoing connections: a server that
#: is stopped on purpose must find its port free again, and a client that keeps trying must not be
#: given that very port and connect to itself.
PORTS = range(20_000, 32_000)

#: Names the folder of the run to the processes that a test run starts.
RUN_VARIABLE = "PARVIS_TEST_RUN"

#: Seconds within which a process that was killed is gone.
GONE = 60.0


class ServerError(Exception):
    """A server that a test needs cannot be had, or does not start; the message says why."""


def free_port() -> int:
    """Return a port of `PORTS` on which nothing listens on loopback, another one each time.

    Many servers take theirs long after, or again after a stop: nobody else of the run is given it.
    """
    for _ in range(200):
        port = secrets.choice(PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            _keep_for_the_run(port)
            return port
    raise ServerError("no port is free on 127.0.0.1")


def is_listening(port: int) -> bool:
    """Tell whether something takes connections on this port of loopback."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except OSError:
        return False
    return True


def identify(pid: int) -> str | None:
    """Return what tells this process from a later one of the same number; `None` when it ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "ZX" else f"{pid}:{fields[19]}"


def is_running(identity: str | None) -> bool:
    """Tell whether the process that `identify` named still runs."""
    return identity is not None and identify(_pid(identity)) == identity


def send(identity: str | None, number: signal.Signals) -> None:
    """Send a signal to a process and to all that it started, if it still runs."""
    if identity is None or not is_running(identity):
        return
    for pid in [_pid(identity), *_descendants(_pid(identity))]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def interrupt(identity: str | None, number: signal.Signals, patience: float) -> None:
    """Ask one process to end with a signal; after `patience` seconds kill it and its children."""
    if identity is None or not is_running(identity):
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(_pid(identity), number)
    if not wait_until(lambda: not is_running(identity), patience):
        kill(identity)


def kill(identity: str | None) -> None:
    """Kill a process and all that it started, and wait until it is gone."""
    send(identity, signal.SIGKILL)
    wait_until(lambda: not is_running(identity), GONE)


def end_recorded(state_file: Path) -> None:
    """Kill every process that a server's `server.json` names."""
    with contextlib.suppress(OSError, ValueError):
        for name, value in json.loads(state_file.read_text()).items():
            if name.endswith("process"):
                kill(value)


def wait_until(condition: Callable[[], bool], patience: float) -> bool:
    """Wait up to `patience` seconds for the condition; tell whether it came true."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def run_as(account: str) -> dict[str, Any]:
    """Return how `subprocess` runs something as a system account: as it is, unless root asks."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam(account)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def give(folder: Path, account: str) -> None:
    """Make a system account the owner of a folder and what is in it, when root asks."""
    if os.geteuid() == 0:
        for path in [folder, *folder.rglob("*")]:
            shutil.chown(path, account, account)


def _keep_for_the_run(port: int) -> None:
    """Note that a port is given; raises `FileExistsError` where a process of the run has it."""
    run = os.environ.get(RUN_VARIABLE)
    if run is not None:
        ports = Path(run) / "ports"
        ports.mkdir(exist_ok=True)
        (ports / str(port)).touch(exist_ok=False)


def _pid(identity: str) -> int:
    return int(identity.partition(":")[0])


def _descendants(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(stat.parent.name))
    found: list[int] = []
    waiting = [pid]
    while waiting:
        found.extend(own := children.get(waiting.pop(), []))
        waiting.extend(own)
    return found
