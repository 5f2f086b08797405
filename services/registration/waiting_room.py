"""The waiting room before the forms: in a rush a page with one's turn, in place of errors.

A visitor who comes for a form (`/register/…`, `/selection`) is let in with a pass, a signed cookie
(`domain/turns.py`), as long as fewer come than the process serves at ease. Beyond that he is given
a turn and a page that costs next to nothing, which waits and comes back by itself. Whoever has a
form has a pass: what somebody typed is never sent into the queue.

The page is a 200 that nobody keeps, not a 503: nothing is wrong, a proxy or a browser must not put
an error of its own in its place, and a screen reader must not begin with "error". A form that comes
from nowhere, without a pass, is answered 429 with `Retry-After`.
"""

import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from werkzeug.http import dump_cookie
from werkzeug.wrappers import Request

from services.registration.domain.turns import FORM_FOR, PASS_FOR, Pace, Timetable, Turn, TurnSigner
from services.registration.pages.queue_page import QueuePage
from shared.clock import Clock
from shared.request_log import log_request
from shared.settings import Settings
from shared.web.language import wanted_locale
from shared.web.security import cookie_name
from shared.web.visitors import Allowance, address_of, network_of

#: New visitors whom one process lets in each second, unless `REGISTRATION_ADMISSIONS_PER_SECOND`
#: says otherwise. `docs/decisions/the-queue-is-a-timetable.md` says where it is from.
ADMISSIONS_PER_SECOND = 40.0

#: Turns, and the seconds over which as many are given again to one network: many families share the
#: address of a school or of their telephones' provider, and a program that keeps no cookie takes a
#: turn of somebody else's time with each of its requests.
TURNS_PER_NETWORK = (300, 60)

#: What is behind the waiting room: a path, and all paths under it; but for what a countdown asks
#: of our clock, which no page of the queue could answer.
GUARDED, OPEN = ("/register", "/selection"), "/opening"

_COUNTDOWN = "parvis.registration.countdown"
_ROUTE = "(queue)"

#: What the programme's own buttons send: taken at once, since what follows it is behind the room.
CHOICES = "/selection/"

Application = Callable[..., Iterable[bytes]]


def give_pass_back(environ: dict[str, Any]) -> None:
    """Note that this answer shows no form yet, but a countdown to one.

    Whoever waits for the opening is not let in by having waited on that page: with the pass that a
    quiet hour gives, all who watch the clock would come in at once.
    """
    environ[_COUNTDOWN] = True


class WaitingRoom:
    """A WSGI application around the ordinary one."""

    def __init__(
        self,
        application: Application,
        page: QueuePage,
        settings: Settings,
        *,
        clock: Clock,
        headers: Iterable[tuple[str, str]],
    ) -> None:
        self._application = application
        self._page = page
        self._clock = clock
        self._headers = list(headers)
        self._signer = TurnSigner(settings.secret_key)
        self._timetable = Timetable()
        self._networks = Allowance(*TURNS_PER_NETWORK)
        self.pace = Pace(settings.admissions_per_second or ADMISSIONS_PER_SECOND)
        self._cookie = cookie_name("parvis_turn", settings)
        self._is_secure = settings.is_secure

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Let in whoever has a pass or finds room; show the others their turn."""
        if not _is_guarded(environ.get("PATH_INFO", "")):
            return self._application(environ, start_response)
        sends = environ["REQUEST_METHOD"] not in ("GET", "HEAD")
        if sends and environ["PATH_INFO"].startswith(CHOICES):
            return self._application(environ, start_response)
        now = self._clock().timestamp()
        request = Request(environ)
        turn = self._signer.read(request.cookies.get(self._cookie, ""))
        rate = self.pace.rate(now)
        if sends and turn is not None and turn.covers_form(now):
            return self._let_in(environ, start_response, turn)
        if turn is None or turn.is_over(now):
            turn = self._turn_of_newcomer(environ, now, rate)
        elif turn.is_worn(now):
            turn = Turn(now, now)
        wait = turn.waits(now)
        if not wait and not self.pace.is_full:
            return self._let_in(environ, start_response, turn)
        return self._show_turn(
            request,
            start_response,
            turn,
            now,
            rate,
            wait=wait or self.pace.moment(),
        )

    def _turn_of_newcomer(self, environ: dict[str, Any], now: float, rate: float) -> Turn:
        """Return a turn of the timetable, or, beyond what his network may take, one of its own.

        Turns beyond that follow one another at the network's pace, after the queue as it is now.
        They put off nobody but the network's next, and the door is as wide as it was. As long as
        nobody waits turns are short of nothing.
        """
        network = network_of(address_of(environ))
        more = self._networks.wait(network, now) if network else 0.0
        queue = self._timetable.wait(now)
        if network and (queue or not more):
            self._networks.count(network, now)
        if queue and more:
            return Turn(now, now + queue + more)
        return self._timetable.arrive(now, rate)

    def _let_in(self, environ: dict[str, Any], start_response: Any, turn: Turn) -> Iterable[bytes]:
        """Hand on to the ordinary application, and give the pass with its answer."""

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            is_countdown = _COUNTDOWN in environ
            told = turn.given_back(self._clock().timestamp()) if is_countdown else turn
            return start_response(status, [*headers, self._set_cookie(told)], *rest)

        self.pace.enter()
        try:
            return self._application(environ, start)
        finally:
            self.pace.leave()

    def _show_turn(
        self,
        request: Request,
        start_response: Any,
        turn: Turn,
        now: float,
        rate: float,
        *,
        wait: float,
    ) -> Iterable[bytes]:
        started = time.perf_counter()
        sends = request.method not in ("GET", "HEAD")
        locale = wanted_locale(request)
        shown = Turn(turn.arrived, now + wait)
        body = self._page.show(locale, shown, now, ahead=round(wait * rate), sends=sends)
        status = HTTPStatus.TOO_MANY_REQUESTS if sends else HTTPStatus.OK
        headers = [
            *self._headers,
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Content-Language", locale),
            ("Cache-Control", "no-store"),
            ("X-Robots-Tag", "noindex"),
            self._set_cookie(turn),
        ]
        if sends:
            headers.append(("Retry-After", str(int(wait) + 1)))
        start_response(f"{status.value} {status.phrase}", headers)
        log_request(request.method, _ROUTE, status.value, started)
        return [] if request.method == "HEAD" else [body]

    def _set_cookie(self, turn: Turn) -> tuple[str, str]:
        value = dump_cookie(
            self._cookie,
            self._signer.sign(turn),
            max_age=max(FORM_FOR, int(turn.at - turn.arrived) + PASS_FOR),
            path="/",
            secure=self._is_secure,
            httponly=True,
            samesite="Lax",
        )
        return ("Set-Cookie", value)


def _is_guarded(path: str) -> bool:
    return any(path == one or path.startswith(one + "/") for one in GUARDED) and not path.endswith(
        OPEN
    )
