"""The texts that the law asks for: a default for each or the operator's own, and their facts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.fields import Fault, paragraphs
from services.scheduling.domain.editing.revisions import Conflict, Invalid
from services.scheduling.domain.site_facts import FACTS, FactField, described, missing
from services.scheduling.models import SiteText
from shared.contracts.scheduling import SITE_DESCRIBED
from shared.database import insert_ignoring
from shared.i18n import LazyText
from shared.messaging.outbox import Fact, record
from shared.site import SITE_ID

#: The texts, in the order of the pages' foot.
KEYS = ("accessibility", "legal_notice", "personal_data")
LOCALES = ("fr", "en")

#: The longest text, in characters.
LONGEST_TEXT = 40_000

_text = paragraphs(LONGEST_TEXT)

#: The table itself, for a statement that ORM objects cannot make.
SITE_TEXTS = SiteText.metadata.tables[SiteText.__tablename__]

_DEFAULTS = Path(__file__).parents[1] / "legal_texts"


@cache
def default_text(key: str, locale: str) -> str:
    """Return the text that is shown while the operator has written none (Markdown)."""
    return (_DEFAULTS / f"{key}.{locale}.md").read_text(encoding="utf-8")


@dataclass(frozen=True)
class SiteTexts:
    """All texts as they are now, and the facts of all of them."""

    rows: Mapping[str, SiteText]
    facts: Mapping[str, Any]

    def own(self, key: str, locale: str) -> str | None:
        """Return the operator's text in a language, if there is one."""
        row = self.rows.get(key)
        own: str | None = getattr(row, f"text_{locale}") if row else None
        return own

    def text(self, key: str, locale: str) -> str:
        """Return the text that is shown, in Markdown."""
        return self.own(key, locale) or default_text(key, locale)

    def revision(self, key: str) -> int:
        """Return how often a text was changed."""
        row = self.rows.get(key)
        return row.revision if row else 0

    def missing(self, key: str) -> list[FactField]:
        """Return the facts that the text still lacks."""
        return missing(self.facts, key)


def site_texts(db: DbSession) -> SiteTexts:
    """Return the texts and their facts."""
    rows = {row.key: row for row in db.scalars(sa.select(SiteText))}
    facts = {name: value for row in rows.values() for name, value in row.facts.items()}
    return SiteTexts(rows, facts)


def values_of(texts: SiteTexts, key: str) -> dict[str, str]:
    """Return what the form of one text holds: both texts and the facts, as they are typed."""
    typed = {f"text_{locale}": texts.text(key, locale) for locale in LOCALES}
    for field in FACTS[key]:
        value = texts.facts.get(field.name)
        typed[field.name] = "" if value is None else f"{value:g}" if _is_rate(value) else str(value)
    return typed


def save(
    db: DbSession,
    key: str,
    typed: Mapping[str, str],
    *,
    revision: int,
    account_id: UUID | None,
    now: datetime,
) -> None:
    """Keep one text and its facts as they were typed, and tell the other services of the facts.

    A text that is the default one is not kept, so that it stays the newest default. Raises
    `Conflict` unless the text is at the revision that was seen, and `Invalid`.
    """
    db.execute(
        insert_ignoring(db, SITE_TEXTS).values(
            key=key, facts={}, revision=0, edited_at=now, edited_by_id=account_id
        )
    )
    row = db.scalars(
        sa.select(SiteText)
        .where(SiteText.key == key)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if row.revision != revision:
        raise Conflict(row)
    facts, texts = read(key, typed)
    before = described(site_texts(db).facts)
    row.facts = facts
    for locale in LOCALES:
        setattr(row, f"text_{locale}", texts[locale])
    row.revision += 1
    row.edited_at = now
    row.edited_by_id = account_id
    db.flush()
    after = site_texts(db)
    if described(after.facts) != before:
        version = sum(text.revision for text in after.rows.values())
        record(db, Fact(SITE_DESCRIBED, SITE_ID, version, described(after.facts)), now=now)


def read(key: str, typed: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str | None]]:
    """Return the facts and the texts that were typed; raises `Invalid`."""
    faults: dict[str, LazyText | str] = {}

    def take(name: str, clean: Callable[[str], Any]) -> Any:
        try:
            return clean(typed.get(name, ""))
        except Fault as fault:
            faults[name] = fault.sentence

    facts = {field.name: take(field.name, field.read) for field in FACTS[key]}
    texts = {locale: take(f"text_{locale}", _text) for locale in LOCALES}
    if faults:
        raise Invalid(faults)
    kept = {
        locale: None if text == default_text(key, locale).strip() else text
        for locale, text in texts.items()
    }
    return {name: value for name, value in facts.items() if value is not None}, kept


def _is_rate(value: Any) -> bool:
    return isinstance(value, float)
