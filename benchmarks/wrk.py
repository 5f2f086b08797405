"""wrk, the load client: written in C, so that it takes little of the cores it shares.

Each request is a registration of its own, under an idempotency key of its own (`load.lua`).
"""

import json
import os
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
    """What a run of wrk saw: answers of 2xx, requests sent, seconds, and how long answers took.

    `milliseconds` are those within which a half, 95 and 99 in a hundred were answered. `cost` is
    wrk's own processor time in seconds: it is taken from the cores that it measures.
    """

    answered: int
    sent: int
    seconds: float
    milliseconds: tuple[float, float, float]
    cost: float

    @property
    def per_second(self) -> float:
        """Return the answers per second."""
        return self.answered / self.seconds

    def __str__(self) -> str:
        p50, p95, p99 = self.milliseconds
        cores = self.cost / self.seconds
        return (
            f"{self.per_second:,.0f}/s (p50 {p50:.0f}, p95 {p95:.0f}, p99 {p99:.0f} ms; "
            f"wrk took {cores:.2f} of the cores)"
        )


def ready() -> None:
    """Install wrk where it is missing; raises `ServerError` where that cannot be done."""
    lacking = missing(LOAD_CLIENT)
    if lacking and not can_install():
        raise ServerError("The benchmarks need wrk: install it (Debian: apt install wrk).")
    install(lacking)


def register(port: int, sessions: Sequence[UUID], seconds: int, *, basket: int = 1) -> Load:
    """Register without pause for `seconds`, by turns in each of the sessions.

    Each registration is for `basket` sessions. Raises `WrongResult` when a request failed or was
    answered with anything but 2xx.
    """
    words = [str(basket), *map(str, sessions)]
    return run(f"http://127.0.0.1:{port}/api/v1/registrations", _SCRIPT, seconds, words)


def run(address: str, script: Path, seconds: int, words: Sequence[str]) -> Load:
    """Run a script of wrk for `seconds`; its arguments are a word of this run, and `words`.

    Raises `WrongResult` when a request failed or was answered with anything but 2xx.
    """
    before = os.times()
    done = subprocess.run(
        [
            "wrk",
            "--threads=1",
            f"--connections={CLIENTS}",
            f"--duration={seconds}s",
            "--timeout=10s",
            f"--script={script}",
            address,
            "--",
            new_id().hex,
            *words,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    after = os.times()
    found = re.search(r"^RESULT (.*)$", done.stdout, re.MULTILINE)
    if not found:
        raise WrongResult(f"wrk failed:\n{done.stdout}{done.stderr}")
    result = json.loads(found[1])
    if result["failed"]:
        raise WrongResult(f"{result['failed']} requests failed: {done.stdout}")
    p50, p95, p99 = (each / 1000 for each in result["percentiles"])
    return Load(
        answered=result["answered"],
        sent=result["sent"],
        seconds=result["microseconds"] / 1e6,
        milliseconds=(p50, p95, p99),
        cost=after.children_user
        + after.children_system
        - before.children_user
        - before.children_system,
    )
