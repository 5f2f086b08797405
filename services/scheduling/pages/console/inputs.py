"""What people type into the console's forms, read into values; the rules are the domain's."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict

from services.scheduling.domain.editing.fields import UNKNOWN_CHOICE, Fault
from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _
from shared.web.repeating import read_rows


def sent(form: MultiDict[str, str], name: str) -> str:
    """Return a field's text with the line ends that are stored."""
    return form.get(name, "").replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True)
class Input:
    """A field of a form, for the column of the same name.

    `take` finds in the request's form what was sent for it, `read` makes the column's value of that
    and raises `Fault`, `show` makes of the value what the form shows, `words` what two versions are
    told apart by.
    """

    name: str
    label: LazyText
    read: Callable[[Any], Any] = str
    show: Callable[[Any], Any] = str
    take: Callable[[MultiDict[str, str], str], Any] = sent
    blank: Callable[[], Any] = str
    words: Callable[[Any], str] = str


def boxes(name: str, label: LazyText, choices: Mapping[str, LazyText]) -> Input:
    """Return the field of several boxes to tick; `choices` are their values and labels."""
    return Input(
        name,
        label,
        read=list,
        show=list,
        take=lambda form, own: form.getlist(own),
        blank=list,
        words=lambda ticked: ", ".join(str(choices.get(one, one)) for one in ticked),
    )


def rows(
    name: str,
    label: LazyText,
    columns: Sequence[str],
    *,
    read: Callable[[list[dict[str, str]]], Any],
    show: Callable[[Any], list[dict[str, str]]],
    words: Callable[[list[dict[str, str]]], str],
) -> Input:
    """Return the field of rows that can be added and taken away (`shared.web.repeating`)."""
    return Input(
        name,
        label,
        read=read,
        show=show,
        take=lambda form, own: read_rows(form, own, columns),
        blank=list,
        words=words,
    )


def read_whole(text: str) -> int | None:
    """Return a whole number, written with spaces or without."""
    bare = "".join(text.split())
    if not bare:
        return None
    if not bare.lstrip("-").isascii() or not bare.lstrip("-").isdigit() or len(bare) > 15:
        raise Fault(_("Écrivez un nombre entier, en chiffres."))
    return int(bare)


def read_decimal(text: str) -> float | None:
    """Return a number with a point or a comma."""
    bare = "".join(text.split()).replace(",", ".").replace("−", "-")
    if not bare:
        return None
    try:
        return float(bare)
    except ValueError:
        raise Fault(_("Écrivez un nombre, comme 45,1885.")) from None


def read_day(text: str) -> date | None:
    """Return a day as date fields send it, or as people write it: 3/10/2026."""
    if not text:
        return None
    written = text.replace(".", "/").split("/")
    try:
        if len(written) == 3:
            day, month, year = map(int, written)
            return date(year, month, day)
        return date.fromisoformat(text)
    except ValueError:
        raise Fault(_("Écrivez un jour, comme 03/10/2026.")) from None


def read_clock(text: str) -> time | None:
    """Return a time of day, written 14:30, 14h30, 14 h or 14."""
    bare = "".join(text.lower().split()).replace("h", ":").rstrip(":")
    if not bare:
        return None
    hour, _colon, minute = bare.partition(":")
    try:
        return time(int(hour), int(minute[:2] or 0))
    except ValueError:
        raise Fault(_("Écrivez une heure, comme 14:30.")) from None


def read_identifier(text: str) -> UUID | None:
    """Return the id that a list of choices sends."""
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise Fault(UNKNOWN_CHOICE) from None


def read_web_address(text: str) -> str:
    """Return a web address; what is plainly the name of a site is completed."""
    is_site = "." in text.partition("/")[0] and ":" not in text and " " not in text
    return f"https://{text}" if is_site else text


def read_lines(text: str) -> list[str]:
    """Return what stands on each line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def show_lines(texts: list[str]) -> str:
    """Return texts, one on a line."""
    return "\n".join(texts)


def show_decimal(number: float) -> str:
    """Return a number as the field keeps it."""
    return f"{number:.7f}".rstrip("0").rstrip(".")
