"""wrk, the load client: written in C, so that it takes little of the cores it shares.

Each request is a registration of its own, under an idempotency key of its own (`load.lua`).
"""

import json
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from benchmarks.figure import WrongResult
from shared.identifiers import new_id
from shared.testing.packages import LOAD_CLIENT, can_install, install, missing
from shared.testing.processes import ServerError

_SCRIPT = Path(__file__).with_name("load.lua")

#: How many clients register at the same time.
CLIENTS = 64


@dataclass(frozen=True)
class Load:
    """What a run of wrk saw: answers of 201, requests sent, seconds, and the slowest hundredth."""

    answered: int
    sent: int
    seconds: float
    p99_ms: float

    @property
    def per_second(self) -> float:
        """Return the answers per second."""
        return self.answered / self.seconds


def ready() -> None:
    """Install wrk where it is missing; raises `ServerError` where that cannot be done."""
    lacking = missing(LOAD_CLIENT)
    if lacking and not can_install():
        raise ServerError("The benchmarks need wrk: install it (Debian: apt install wrk).")
    install(lacking)


def register(port: int, sessions: Sequence[UUID], seconds: int) -> Load:
    """Register without pause for `seconds`, by turns in each of the sessions.

    Raises `WrongResult` when a request failed or was answered with anything but 2xx.
    """
    done = subprocess.run(
        [
            "wrk",
            "--threads=1",
            f"--connections={CLIENTS}",
            f"--duration={seconds}s",
            "--timeout=10s",
            f"--script={_SCRIPT}",
            f"http://127.0.0.1:{port}/api/v1/registrations",
            "--",
            new_id().hex,
            *map(str, sessions),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"^RESULT (.*)$", done.stdout, re.MULTILINE)
    if not found:
        raise WrongResult(f"wrk failed:\n{done.stdout}{done.stderr}")
    result = json.loads(found[1])
    if result["failed"]:
        raise WrongResult(f"{result['failed']} requests failed: {done.stdout}")
    return Load(
        answered=result["answered"],
        sent=result["sent"],
        seconds=result["microseconds"] / 1e6,
        p99_ms=result["p99_microseconds"] / 1000,
    )
