"""The form of recurring sessions: a session's, with a rhythm in the place of its time."""

from datetime import time
from typing import Any

from werkzeug.datastructures import MultiDict

from services.scheduling.domain.editing.fields import REQUIRED, Fault
from services.scheduling.domain.editing.revisions import Invalid
from services.scheduling.domain.editing.series import CHOOSE_DAYS, Rhythm, occurrences
from services.scheduling.pages.console.forms import Faults, Shown
from services.scheduling.pages.console.inputs import read_clock, read_day, read_whole, sent
from services.scheduling.pages.console.session_form import SessionForm
from shared.web.repeating import read_rows

_TEXTS = ("first", "until", "every", "lasts")
_NO_TIME = ("day", "starts", "ends_on", "ends")


class SeriesForm(SessionForm):
    """A form whose value `occurrences` is the sessions to make; all else is alike in them."""

    def blank(self, **given: Any) -> Shown:
        """Return the fields of a new series."""
        rhythm = {**dict.fromkeys(_TEXTS, ""), "days": [], "other_days": [], "pauses": []}
        return {**super().blank(), **rhythm, **given}

    def posted(self, form: MultiDict[str, str]) -> Shown:
        """Return the fields as they were sent."""
        return {
            **super().posted(form),
            **{name: sent(form, name) for name in _TEXTS},
            "days": form.getlist("days"),
            "other_days": read_rows(form, "other_days", ("day",)),
            "pauses": read_rows(form, "pauses", ("begins", "ends")),
        }

    def values(self, shown: Shown) -> tuple[dict[str, Any], Faults]:
        """Return the columns that the fields mean, and the `occurrences` of the rhythm."""
        values, faults = super().values(shown)
        faults = {name: said for name, said in faults.items() if name not in _NO_TIME}
        for name in ("starts_at", "ends_at"):
            values.pop(name, None)
        try:
            values["occurrences"] = occurrences(_rhythm(shown), self.zone_of(shown))
        except Invalid as invalid:
            faults |= invalid.faults
        for name in ("activity_id", "venue_id"):
            if not shown[name]:
                faults.setdefault(name, REQUIRED)
        return values, faults


def _rhythm(shown: Shown) -> Rhythm:
    faults: dict[str, Any] = {}

    def read(name: str, take: Any, text: str) -> Any:
        try:
            value = take(text.strip())
        except Fault as fault:
            faults.setdefault(name, fault.sentence)
            return None
        if value is None:
            faults.setdefault(name, REQUIRED)
        return value

    first, until = (read(name, read_clock, shown[name]) for name in ("first", "until"))
    lasts = read("lasts", read_whole, shown["lasts"])
    every = read("every", read_whole, shown["every"] or shown["lasts"])
    days = [read("days", read_day, text) for text in shown["days"]]
    days += [read("other_days", read_day, row["day"]) for row in shown["other_days"]]
    pauses: list[tuple[time, time]] = [
        (read("pauses", read_clock, row["begins"]), read("pauses", read_clock, row["ends"]))
        for row in shown["pauses"]
    ]
    if not days:
        faults.setdefault("days", CHOOSE_DAYS)
    if "lasts" in faults and not shown["every"].strip():
        faults.pop("every", None)  # it would have followed from the length
    if faults:
        raise Invalid(faults)
    return Rhythm(tuple(days), first, until, every, lasts, tuple(pauses))
