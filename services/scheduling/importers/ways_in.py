"""How people get in, as an agenda states it: a link, a telephone, an e-mail of the organiser's."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.scheduling.importers.plain_text import one_line, web_address

_MAIL = re.compile(r"[^\s@<>\"(),:;]{1,64}@[^\s@<>\"(),:;]{1,190}\.[^\s@<>\"(),:;.]{2,}")
_TELEPHONE = re.compile(r"[+(]?\d[\d\s().+/-]{2,40}")


@dataclass(frozen=True)
class WaysIn:
    """The first way in of each kind; `others` counts those that are left, `unread` what is none."""

    link: str | None = None
    telephone: str | None = None
    email: str | None = None
    others: int = 0
    unread: int = 0

    @property
    def is_stated(self) -> bool:
        """Tell whether a way in is stated, be it one that cannot be used."""
        return bool(self.link or self.telephone or self.email or self.unread)


def ways_in(stated: Any) -> WaysIn:
    """Return the ways in of a list of `{type, value}`, or of bare values, as they are."""
    entries = stated if isinstance(stated, list) else []
    links, telephones, emails = [], [], []
    unread = 0
    for kind, value in dict.fromkeys(map(_entry, entries)):
        if not value:
            continue
        if kind in ("link", "") and web_address(value):
            links.append(value)
        elif kind in ("email", "") and _MAIL.fullmatch(value):
            emails.append(value)
        elif kind in ("phone", "") and _TELEPHONE.fullmatch(value):
            telephones.append(value)
        else:
            unread += 1
    return WaysIn(
        link=_first(links),
        telephone=_first(telephones),
        email=_first(emails),
        others=sum(max(0, len(found) - 1) for found in (links, telephones, emails)),
        unread=unread,
    )


def _entry(entry: Any) -> tuple[str, str]:
    if isinstance(entry, Mapping):
        kind, value = entry.get("type"), entry.get("value")
    else:
        kind, value = "", entry
    return str(kind or ""), one_line(value) if isinstance(value, str) else ""


def _first(found: Iterable[str]) -> str | None:
    return next(iter(found), None)
