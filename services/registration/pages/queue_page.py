"""The page of the queue: rendered now and then, filled in for each visitor by replacing words."""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from math import ceil

from flask import Flask, render_template

from services.registration.domain.turns import Turn
from shared.i18n import Translator, format_number, format_time, speaking, translator
from shared.observability import get_logger

_PACKAGE = "services.registration"

#: Seconds for which the frame of the page is shown before it is rendered anew.
_GOOD_FOR = 30.0

#: What stands in the rendered page where a visitor's own words go.
_MARKS = ("@wait@", "@at@", "@ahead@", "@seconds@", "@gone@", "@whole@", "@again@")

#: Seconds, at most, after which the page is asked for again where there is no JavaScript.
_LONGEST_PAUSE = 30

_TIME_ZONE = "Europe/Paris"

_log = get_logger(__name__)


@dataclass(frozen=True)
class _Frame:
    html: str
    rendered_at: float


class QueuePage:
    """The page in each language, rendered inside the site's own shell."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._frames: dict[tuple[str, bool], _Frame] = {}
        self._rendering = threading.Lock()

    def show(self, locale: str, turn: Turn, now: float, *, ahead: int, sends: bool) -> bytes:
        """Return the page of somebody who waits for `turn`, with `ahead` visitors before him.

        `sends` tells that he sent a form without a pass, so that the page cannot come back alone.
        """
        seconds = turn.waits(now)
        speak = translator(_PACKAGE, locale)
        at = datetime.fromtimestamp(turn.at, UTC)
        told = {
            "@wait@": escape(wait_in_words(seconds, speak)),
            "@at@": escape(format_time(at, _TIME_ZONE, locale)),
            "@ahead@": escape(_ahead_in_words(ahead, speak)),
            "@seconds@": f"{seconds:.1f}",
            "@gone@": f"{max(0.0, now - turn.arrived):.0f}",
            "@whole@": f"{max(1.0, turn.at - turn.arrived):.0f}",
            "@again@": str(min(_LONGEST_PAUSE, int(seconds) + 1)),
        }
        page = self._frame(locale, sends, now).html
        for mark in _MARKS:
            page = page.replace(mark, told[mark])
        return page.encode()

    def _frame(self, locale: str, sends: bool, now: float) -> _Frame:
        known = self._frames.get((locale, sends))
        if known is None:
            with self._rendering:
                return self._frames.get((locale, sends)) or self._render(locale, sends, now)
        if abs(now - known.rendered_at) > _GOOD_FOR and self._rendering.acquire(blocking=False):
            try:
                return self._render(locale, sends, now)
            finally:
                self._rendering.release()
        return known

    def _render(self, locale: str, sends: bool, now: float) -> _Frame:
        context = self._app.test_request_context("/selection", query_string={"lang": locale})
        with context, speaking(translator(_PACKAGE, locale)):
            html = render_template("queue.html", sends=sends)
        frame = self._frames[locale, sends] = _Frame(html, now)
        return frame


def wait_in_words(seconds: float, speak: Translator) -> str:
    """Return about how long a wait is: « dans environ 4 minutes »."""
    if seconds < 60:
        return speak.gettext("dans moins d’une minute")
    minutes = ceil(seconds / 60)
    return speak.ngettext("dans environ %(n)s minute", "dans environ %(n)s minutes", minutes)


def _ahead_in_words(people: int, speak: Translator) -> str:
    if people < 2:
        return speak.gettext("Vous êtes parmi les prochains.")
    step = 10 ** max(0, len(str(people)) - 2)  # two figures are as much as is known
    return speak.gettext(
        "Environ %(number)s personnes passent avant vous par cette entrée.",
        number=format_number(round(people / step) * step, speak.locale),
    )
