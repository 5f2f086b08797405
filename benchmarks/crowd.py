"""A crowd of visitors over real HTTP: each asks for the form, waits for its turn, and registers."""

import asyncio
import json
import random
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode

from benchmarks.families import Family

#: Connections of the crowd, as a proxy would share them among browsers.
CONNECTIONS = 192

#: Seconds after which somebody who was told "not now" comes again, at the earliest.
_AGAIN = 1.0

_WAIT = re.compile(rb'data-seconds="([\d.]+)"')
_INPUT = re.compile(r"<input\b[^>]*>")
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')


@dataclass
class Visit:
    """What one family met; `key` is its idempotency key, instants are seconds after the opening."""

    family: Family
    key: str
    first_answer: float = 0.0
    turns_told: int = 0
    turn: float = 0.0
    let_in: float = 0.0
    answered: float = 0.0
    asked_in: float = 0.0
    status: int = 0
    refusals: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class _Answer:
    status: int
    cookies: dict[str, str]
    body: bytes


_Ask = Callable[..., Awaitable[_Answer]]


class Connections:
    """Kept-alive connections to one port of loopback, each used by one visitor at a time.

    Who waits for one is served in his order: asyncio's semaphores are fair, its queues are not.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._free = asyncio.Semaphore(CONNECTIONS)
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes = b""
    ) -> _Answer:
        """Send a request and return its answer."""
        lines = [f"{method} {path} HTTP/1.1", "Host: festival.example.org"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += [f"Content-Length: {len(body)}", "", ""]
        async with self._free:
            while self._idle:
                reader, writer = self._idle.pop()
                if not reader.at_eof():  # the server ends those that nobody used for long
                    break
                writer.close()
            else:
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port, limit=2**20)
            try:
                writer.write("\r\n".join(lines).encode() + body)
                answer = await _read(reader)
            except BaseException:
                writer.close()
                raise
            self._idle.append((reader, writer))
            return answer

    def close(self) -> None:
        """Close them all."""
        for _reader, writer in self._idle:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> _Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    cookies, length = {}, 0
    for line in head[1:]:
        name, _colon, value = line.partition(":")
        if name.lower() == "content-length":
            length = int(value)
        elif name.lower() == "set-cookie":
            cookie, _equals, text = value.strip().partition("=")
            cookies[cookie] = text.partition(";")[0]
    body = await reader.readexactly(length) if length else b""
    return _Answer(int(head[0].split(" ", 2)[1]), cookies, body)


async def rush(port: int, families: Sequence[Family]) -> list[Visit]:
    """Let the families come, and return what each met when all are done."""
    connections = Connections(port)
    opening = time.monotonic() + 1.0
    try:
        return await asyncio.gather(*(_visit(connections, each, opening) for each in families))
    finally:
        connections.close()


async def _visit(connections: Connections, family: Family, opening: float) -> Visit:
    visit = Visit(family, f"api:opening-{family.number}")
    cookies = {"__Host-parvis_selection": ".".join(one.session.hex for one in family.wishes)}
    headers = {"X-Forwarded-For": family.address, "X-Forwarded-Proto": "https"}

    async def ask(method: str, path: str, body: bytes = b"", **more: str) -> _Answer:
        sent = {**headers, "Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())} | {
            name.replace("_", "-"): value for name, value in more.items()
        }
        answer = await connections.ask(method, path, sent, body)
        cookies.update(answer.cookies)
        return answer

    def now() -> float:
        return time.monotonic() - opening

    await asyncio.sleep(max(0.0, family.arrives - now()))
    began = now()
    page = await ask("GET", "/register")
    visit.first_answer = now() - began
    while True:
        wait = _WAIT.search(page.body)
        if page.status == 200 and wait is None:
            break
        if wait is None:
            visit.refusals.append(page.status)
            await asyncio.sleep(_AGAIN + random.random())
        else:
            visit.turns_told += 1
            visit.turn = now() + float(wait[1])
            # as the page's script does
            await asyncio.sleep(float(wait[1]) + 0.2 + random.random() * 1.5)
        page = await ask("GET", "/register")
    visit.let_in = now()
    while True:
        began = now()
        answer = await _register(ask, visit, page)
        if answer.status < 500 and answer.status != 429:
            break
        visit.refusals.append(answer.status)
        await asyncio.sleep(_AGAIN + random.random())
    visit.answered, visit.asked_in = now(), now() - began
    visit.status = 201 if answer.status == 303 else answer.status
    return visit


async def _register(ask: _Ask, visit: Visit, page: _Answer) -> _Answer:
    family = visit.family
    if not family.sends_form:
        body = {
            "email": f"famille.{family.number}@example.org",
            "name": f"Famille Durand-{family.number}",
            "locale": "fr",
            "bookings": [
                {
                    "session_id": str(wish.session),
                    "party": {"adults": family.adults, "children": family.children},
                    "if_full": "waitlist" if wish.waits else "refuse",
                }
                for wish in family.wishes
            ],
        }
        content = json.dumps(body).encode()
        return await ask(
            "POST",
            "/api/v1/registrations",
            content,
            Content_Type="application/json",
            Idempotency_Key=visit.key.removeprefix("api:"),
        )
    typed = _filled(page.body.decode(), family)
    visit.key = f"form:{typed['key']}.0"
    return await ask(
        "POST",
        "/register",
        urlencode(typed).encode(),
        Content_Type="application/x-www-form-urlencoded",
    )


def _filled(page: str, family: Family) -> dict[str, str]:
    """Return what the form holds, filled in as this family would."""
    typed = {}
    waits = {wish.session.hex for wish in family.wishes if wish.waits}
    for tag in _INPUT.findall(page[page.index('<form class="register-form') :]):
        found = dict(_ATTRIBUTE.findall(tag))
        name, value = found.get("name", ""), unescape(found.get("value", ""))
        if not name or name == "sign_language":
            continue
        if name.endswith("if_full") and not any(each in name.replace("-", "") for each in waits):
            continue
        typed[name] = value
    return typed | {
        "email": f"famille.{family.number}@example.org",
        "name": f"Famille Durand-{family.number}",
        "adults": str(family.adults),
        "children": str(family.children),
    }
