"""The shortest way from a socket to a seat: `POST /api/v1/registrations` that goes well.

A rush is thousands of these in a second, and Flask's request takes longer than the registration
itself. So a valid request is read, admitted and answered here, in plain WSGI. Whatever else there
is to say (a fault, a refusal, an error) is said by the ordinary view, in the reader's language; it
finds the registrar's answer in the environment and asks no second time.
"""

import io
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from services.registration.domain.registering import MADE, Answer
from services.registration.domain.registrar import Registrar
from services.registration.form_guard import FormGuard, TooMany, register_within_limits
from services.registration.plain_body import load_plain
from services.registration.schemas import (
    InvalidBody,
    RegistrationBody,
    is_idempotency_key,
    load,
    wanted_bookings,
)
from shared.observability import correlated
from shared.request_log import log_request
from shared.web.application import LONGEST_BODY

ADDRESS = "/api/v1/registrations"

_SETTLED = "parvis.registration.settled"
_SCHEMA = RegistrationBody()

Application = Callable[..., Iterable[bytes]]


@dataclass(frozen=True)
class Settled:
    """What the registrar answered, or how it failed; or that somebody comes too often."""

    answer: Answer | TooMany | None = None
    error: Exception | None = None

    def result(self) -> Answer | TooMany:
        """Return the answer; raises what the registrar raised."""
        if self.error is not None:
            raise self.error
        assert self.answer is not None  # noqa: S101 - one of the two is always given
        return self.answer


def settled(environ: dict[str, Any]) -> Settled | None:
    """Return what was settled before the view was reached."""
    found: Settled | None = environ.get(_SETTLED)
    return found


def register_for_program(
    registrar: Registrar,
    guard: FormGuard,
    environ: dict[str, Any],
    key: str,
    wanted: dict[str, Any],
) -> Answer | TooMany:
    """Register what a program asks for under its key (a loaded `RegistrationBody`)."""
    name = f"api:{key}"
    return register_within_limits(
        guard,
        environ,
        wanted["email"],
        is_known=lambda: registrar.knows(name),
        register=lambda: registrar.register(
            key=name,
            email=wanted["email"],
            name=wanted["name"],
            locale=wanted["locale"],
            bookings=wanted_bookings(wanted),
            telephone=wanted.get("telephone"),
        ),
    )


def answer_shown(state: dict[str, Any], public_url: str) -> dict[str, Any]:
    """Return a registration's state as the API tells it."""
    return {
        "id": state["id"],
        "status": state["status"],
        "code": state["code"],
        "ticket": state["ticket"],
        "manage_url": f"{public_url}/registrations/{state['token']}",
        "bookings": state["bookings"],
    }


class FastLane:
    """A WSGI application around the ordinary one."""

    def __init__(
        self,
        application: Application,
        registrar: Registrar,
        guard: FormGuard,
        *,
        public_url: str,
        headers: Iterable[tuple[str, str]],
    ) -> None:
        self._application = application
        self._registrar = registrar
        self._guard = guard
        self._public_url = public_url
        self._headers = [*headers, ("Content-Type", "application/json")]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a registration that goes well; hand on anything else."""
        if environ["REQUEST_METHOD"] == "POST" and environ.get("PATH_INFO") == ADDRESS:
            started = time.perf_counter()
            with correlated() as correlation_id:
                answer = self._register(environ)
                if answer is not None and answer.status == MADE:
                    body = self._body(answer)
                    headers = [
                        *self._headers,
                        ("Location", f"{ADDRESS}/{answer.body['token']}"),
                        ("Content-Length", str(len(body))),
                        ("X-Correlation-Id", correlation_id),
                    ]
                    start_response("201 CREATED", headers)
                    log_request("POST", ADDRESS, MADE, started)
                    return [body]
        return self._application(environ, start_response)

    def _register(self, environ: dict[str, Any]) -> Answer | None:
        """Register if the request is valid, and leave what came of it in the environment."""
        key = environ.get("HTTP_IDEMPOTENCY_KEY", "")
        length = environ.get("CONTENT_LENGTH") or ""
        if not (is_idempotency_key(key) and length.isdecimal() and int(length) <= LONGEST_BODY):
            return None
        content = environ["wsgi.input"].read(int(length))
        environ["wsgi.input"] = io.BytesIO(content)
        try:
            wanted = _plainly(content) or load(_SCHEMA, json.loads(content))
        except (ValueError, RecursionError, InvalidBody):
            return None
        try:
            answer = register_for_program(self._registrar, self._guard, environ, key, wanted)
        except Exception as error:
            environ[_SETTLED] = Settled(error=error)
            return None
        environ[_SETTLED] = Settled(answer)
        return answer if isinstance(answer, Answer) else None

    def _body(self, answer: Answer) -> bytes:
        shown = answer_shown(answer.body, self._public_url)
        return orjson.dumps(shown)


def _plainly(content: bytes) -> dict[str, Any] | None:
    """Return a body that is as nearly every body is; what else is read as JSON is read again."""
    try:
        return load_plain(orjson.loads(content))
    except orjson.JSONDecodeError:
        return None
