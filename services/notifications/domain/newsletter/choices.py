"""What there is to choose from: the editions, places, themes … of what is to come."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.domain.newsletter.topics import KINDS, Topics
from services.notifications.domain.wording import in_locale
from services.notifications.models import ProgrammeEntry, SessionCopy
from shared.i18n import LazyText
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l
from shared.text import fold

#: The publics that an activity may be for, by their codes in the contracts, in this order.
AUDIENCES: dict[str, LazyText] = {
    "everyone": _l("Tout public"),
    "families": _l("Familles"),
    "adults": _l("Adultes"),
    "schools": _l("Scolaires"),
    "teenagers": _l("Adolescents"),
}

#: Sessions that are over for longer say no more what there may be.
LATELY = timedelta(days=400)


@dataclass(frozen=True)
class Choices:
    """Names by value, for each kind of topic, in the order in which they are shown."""

    editions: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    communes: Mapping[str, str] = field(default_factory=dict)
    themes: Mapping[str, str] = field(default_factory=dict)
    audiences: Mapping[str, str] = field(default_factory=dict)
    organisations: Mapping[str, str] = field(default_factory=dict)

    @property
    def topics(self) -> Topics:
        """Return everything there is to choose."""
        return Topics(**{kind: frozenset(getattr(self, kind)) for kind in KINDS})

    def options(self, kind: str) -> list[tuple[str, str]]:
        """Return the values of a kind with their names, in the reader's language."""
        if kind == "audiences":
            return [(code, str(AUDIENCES.get(code, code))) for code in self.audiences]
        if kind == "editions":
            return [(one, in_locale(name)) for one, name in self.editions.items()]
        return list(getattr(self, kind).items())

    def names_of(self, topics: Topics, kind: str) -> list[str]:
        """Return the names of what was chosen of a kind; what is over has lost its name."""
        return [words for value, words in self.options(kind) if value in getattr(topics, kind)]


def find_choices(db: Session, *, now: datetime) -> Choices:
    """Return what the sessions of about a year are about, and the editions that are not over.

    Between two editions people subscribe, too, and find what they had chosen.
    """
    entry = ProgrammeEntry
    lately = (entry.ends_at > now - LATELY, entry.status == "confirmed")

    def pairs(*columns: Any, of: Any = lately) -> list[Any]:
        found = db.execute(sa.select(*columns).where(columns[0].is_not(None), *of).distinct())
        return [tuple(row) for row in found]

    audiences = {code for (code,) in pairs(entry.audience)}
    known = [code for code in AUDIENCES if code in audiences]
    organisations = {
        str(one): name for one, name in pairs(entry.organisation_id, entry.organisation_name)
    }
    editions = [one for (one,) in pairs(entry.edition_id, of=[entry.ends_at > now])]
    return Choices(
        editions=_editions(db, editions, now=now),
        communes=_by_name(pairs(entry.commune_code, entry.commune_name)),
        themes=_by_name((theme, theme) for (theme,) in pairs(entry.theme)),
        audiences={code: code for code in (*known, *sorted(audiences - set(known)))},
        organisations=_by_name(organisations.items()),
    )


def topic_words(topics: Topics, choices: Choices) -> list[tuple[str, str]]:
    """Return what was chosen, a heading and its names each: « Communes », « Voiron, Vizille »."""
    headings = {
        "editions": _("Édition"),
        "communes": _("Communes"),
        "themes": _("Thématiques"),
        "audiences": _("Publics"),
        "organisations": _("Musées et structures"),
    }
    named = {kind: choices.names_of(topics, kind) for kind in KINDS}
    return [(headings[kind], ", ".join(names)) for kind, names in named.items() if names]


def _editions(db: Session, ids: list[Any], *, now: datetime) -> dict[str, Any]:
    """Return the names of editions, by id, from any session of each."""
    found = {}
    for edition_id in ids:
        details = db.scalar(
            sa.select(SessionCopy.details)
            .join(ProgrammeEntry, ProgrammeEntry.session_id == SessionCopy.id)
            .where(ProgrammeEntry.edition_id == edition_id, ProgrammeEntry.ends_at > now)
            .limit(1)
        )
        if details:
            found[str(edition_id)] = details["edition"]["name"]
    return dict(sorted(found.items(), key=lambda one: str(one[1].get("fr"))))


def _by_name(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    return dict(sorted(pairs, key=lambda one: fold(one[1])))
