"""Saving a form of the console, so that nobody overwrites what they have not seen."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy.orm import Session as DbSession
from werkzeug.datastructures import MultiDict

from services.scheduling.domain.editing.revisions import Invalid
from services.scheduling.pages.console.forms import Form, Shown
from services.scheduling.pages.console.merging import merge, read_seen
from shared.web.repeating import asks_for_rows

Row = TypeVar("Row", bound=Any)


@dataclass(frozen=True)
class Attempt:
    """A form that is shown, for the first time or again; `saved` is the row once it is stored.

    `seen` is what was stored when `revision` was. `conflicts` are the parts that two people
    changed; `merged` names those that the other changed and that were taken over.
    """

    shown: Shown
    revision: int = 0
    seen: Shown = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    conflicts: list[dict[str, str]] = field(default_factory=list)
    merged: tuple[str, ...] = ()
    is_changed: bool = False
    saved: Any = None

    @property
    def seen_json(self) -> str:
        """Return what was seen, for the form to send back."""
        return json.dumps(self.seen)

    @property
    def status(self) -> int:
        """Return the HTTP status of the page that shows it again."""
        return 409 if self.conflicts else 422 if self.errors else 200


def opened(form: Form, row: Any) -> Attempt:
    """Return the form of a stored row."""
    shown = form.shown(row)
    return Attempt(shown, row.revision, shown)


def sent_back(form: Form, posted: MultiDict[str, str], errors: Mapping[str, str]) -> Attempt:
    """Return the form as it was sent, with what is wrong with it; nothing is stored."""
    seen = read_seen(posted.get("seen", ""))
    return Attempt(form.posted(posted), posted_revision(posted), seen, errors, is_changed=True)


def attempt_save(
    db: DbSession,
    form: Form,
    row: Row,
    posted: MultiDict[str, str],
    save: Callable[[int, dict[str, Any]], Row],
) -> Attempt:
    """Save what was sent into a locked row, if nothing is wrong with it.

    Otherwise nothing is stored: the transaction is rolled back.
    """
    theirs, mine = form.shown(row), form.posted(posted)
    revision, seen = posted_revision(posted), read_seen(posted.get("seen", ""))
    if asks_for_rows(posted):
        db.rollback()
        return Attempt(mine, revision, seen, is_changed=True)
    for part in form.parts:
        if posted.get(f"keep-{part.name}") == "theirs":
            mine |= {name: theirs[name] for name in part.fields}
    merged: tuple[str, ...] = ()
    current = row.revision
    if revision != current:
        both = merge(form.parts, seen, mine, theirs)
        mine, merged = both.shown, tuple(str(part.label) for part in both.theirs)
        if both.both:
            conflicts = [
                {
                    "name": part.name,
                    "label": str(part.label),
                    "mine": form.words(part, mine),
                    "theirs": form.words(part, theirs),
                }
                for part in both.both
            ]
            db.rollback()
            return Attempt(
                mine, current, theirs, conflicts=conflicts, merged=merged, is_changed=True
            )
    left = form.untouched(mine, theirs)
    saved, errors = _try(
        db,
        form,
        mine,
        lambda values: save(current, {k: v for k, v in values.items() if k not in left}),
    )
    return Attempt(
        mine, current, theirs, errors, merged=merged, is_changed=bool(errors), saved=saved
    )


def attempt_create(
    db: DbSession,
    form: Form,
    posted: MultiDict[str, str],
    create: Callable[[dict[str, Any]], Row],
) -> Attempt:
    """Make a row of what was sent, if nothing is wrong with it; else nothing is stored."""
    mine = form.posted(posted)
    if asks_for_rows(posted):
        return Attempt(mine, is_changed=True)
    saved, errors = _try(db, form, mine, create)
    return Attempt(mine, errors=errors, is_changed=bool(errors), saved=saved)


def _try(
    db: DbSession, form: Form, shown: Shown, save: Callable[[dict[str, Any]], Row]
) -> tuple[Row | None, dict[str, str]]:
    values, faults = form.values(shown)
    saved = None
    try:
        saved = save(values)
    except Invalid as invalid:
        faults = {**form.in_fields(invalid.faults), **faults}
    if faults:
        db.rollback()
        return None, {name: str(sentence) for name, sentence in faults.items()}
    return saved, {}


def posted_revision(posted: MultiDict[str, str]) -> int:
    """Return the revision that a form was made from; none is -1, which no row ever has."""
    text = posted.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
