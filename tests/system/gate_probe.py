"""Run the embedded mode under a watch: does anything yield while it holds the write gate?

Prints as JSON how often the gate was entered, and the stacks of whatever yielded inside it.
"""

import deploy.green  # noqa: F401, I001 - first: makes the rest cooperative

import json
import os
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import eventlet
import greenlet
import requests

from deploy.embedded import run
from deploy.seed import load_demo
from shared.context import ServiceContext
from shared.database import Database

inside: set[greenlet.greenlet] = set()
yielded: list[str] = []
seen = {"entered": 0, "registrations": 0}
write = Database.write


@contextmanager
def watched(self: Database) -> Iterator[object]:
    gate = write(self)
    db = gate.__enter__()
    inside.add(greenlet.getcurrent())
    seen["entered"] += 1
    try:
        yield db
    except BaseException:
        if not gate.__exit__(*sys.exc_info()):
            raise
    else:
        gate.__exit__(None, None, None)
    finally:
        inside.discard(greenlet.getcurrent())


def watch(event: str, switched: tuple[greenlet.greenlet, greenlet.greenlet]) -> None:
    if event in ("switch", "throw") and switched[0] in inside:
        yielded.append("".join(traceback.format_stack(switched[0].gr_frame)))


def visit(address: str, wanted: int) -> None:
    http = requests.Session()
    http.trust_env = False
    items = http.get(f"{address}/api/v1/sessions?limit=200", timeout=120).json()["items"]
    bookable = [item["id"] for item in items if item["registration"] == "here"]
    while http.get(f"{address}/register/{bookable[-1]}", timeout=120).status_code != 200:
        eventlet.sleep(0.1)

    def register(number: int) -> int:
        party = {"session_id": bookable[number % len(bookable)], "party": {"adults": 1}}
        body: Any = {
            "email": f"v{number}@example.org",
            "name": "V",
            "locale": "fr",
            "bookings": [party],
        }
        headers = {"Idempotency-Key": str(uuid4())}
        url = f"{address}/api/v1/registrations"
        return http.post(url, json=body, headers=headers, timeout=120).status_code

    pool = eventlet.GreenPool(16)
    answers = list(pool.imap(register, range(wanted)))
    made = answers.count(201)
    with eventlet.Timeout(60, False):
        while len(list((Path(sys.argv[1]) / "mail").glob("*.eml"))) < made:
            eventlet.sleep(0.1)
    seen["registrations"] = made
    os.kill(os.getpid(), signal.SIGTERM)


def seed(contexts: list[ServiceContext]) -> None:
    load_demo(contexts[0])


if __name__ == "__main__":
    Database.write = watched  # type: ignore[method-assign, assignment]
    greenlet.settrace(watch)
    run(
        "127.0.0.1",
        0,
        Path(sys.argv[1]),
        progress=lambda line: None,
        before_serving=seed,
        ready=lambda address: eventlet.spawn(visit, address, 60),
    )
    sys.stdout.write(json.dumps({**seen, "yielded": yielded[:3]}) + "\n")
