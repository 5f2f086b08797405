"""The conflicts of an edition in the console: what stands in the way, where, and what is meant."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Row
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.conflicts import (
    LEVELS,
    Conflict,
    accept_conflict,
    check_edition,
    check_session,
    take_back_acceptance,
)
from services.scheduling.domain.conflicts.accepting import LONGEST_NOTE, is_key
from services.scheduling.domain.conflicts.rules import RULES
from services.scheduling.domain.conflicts.school_time import (
    academy_of,
    academy_without_calendar,
    is_year_known,
)
from services.scheduling.models import Edition, Session
from services.scheduling.pages.console.editions_shown import edition_or_404
from services.scheduling.pages.console.editors import READERS, account_id
from services.scheduling.queries.conflicts import (
    Concerned,
    communes_with_schools,
    sessions_concerned,
    tours_concerned,
)
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l
from shared.web import current_context
from shared.web.addresses import address_with
from shared.web.paging import read_page
from shared.web.sign_in import current_account, require_staff

#: How many conflicts one page shows.
PAGE_SIZE = 50

#: What each level is called, one conflict of it and many.
LEVEL_LABELS = {
    "blocks": (_l("Bloquant"), _l("Bloquants")),
    "warns": (_l("À vérifier"), _l("À vérifier")),
    "informs": (_l("Pour information"), _l("Pour information")),
}

#: The colour of each level; the words say it too.
LEVEL_TONES = {"blocks": "bad", "warns": "warn", "informs": "plain"}

_ACCEPTED = "accepted"

blueprint = Blueprint("console_conflicts", __name__, url_prefix="/console/editions/<slug>")


@dataclass(frozen=True)
class Wanted:
    """Which conflicts are looked at; an empty text asks for all."""

    level: str = ""
    kind: str = ""
    commune: str = ""
    organisation: str = ""

    def takes(self, conflict: Conflict, sessions: Mapping[UUID, Concerned]) -> bool:
        """Tell whether a conflict is one of those looked at, whatever its level."""
        concerned = [sessions[each] for each in conflict.sessions if each in sessions]
        return (
            self.kind in ("", conflict.kind)
            and self.commune in ("", *(str(each.commune_id) for each in concerned))
            and self.organisation in ("", *(str(each.organisation_id) for each in concerned))
        )


@blueprint.get("/conflicts")
@require_staff(*READERS)
def index(slug: str) -> ResponseReturnValue:
    """List what is in conflict, the gravest first, with the ways to it."""
    context = current_context()
    wanted = Wanted(*(request.args.get(name, "") for name in _FILTERS))
    with context.database.read() as db:
        edition = edition_or_404(db, slug)
        found = check_edition(db, edition.id, now=context.clock(), viewer=current_account())
        sessions = sessions_concerned(db, {each for one in found for each in one.sessions})
        matching = [conflict for conflict in found if wanted.takes(conflict, sessions)]
        tabs = _tabs(matching, wanted.level)
        listed = [conflict for conflict in matching if _is_of(conflict, wanted.level)]
        listed.sort(key=lambda conflict: (LEVELS.index(conflict.level), conflict.kind, conflict.at))
        page = read_page(request.args.get("page"), size=PAGE_SIZE, total=len(listed))
        shown = listed[page.offset : page.offset + PAGE_SIZE]
        tours = _tours(db, shown)
        unknown_schools = _unknown_schools(db, edition)
    return render_template(
        "console/conflicts.html",
        edition=edition,
        slug=slug,
        tabs=tabs,
        wanted=wanted,
        active=_active(wanted, sessions),
        total=len(found),
        page=page,
        groups=_groups(shown, Counter((each.kind, each.level) for each in listed)),
        sessions=sessions,
        tours=tours,
        kinds=_kinds(found, wanted.kind),
        communes=_places(sessions.values(), wanted.commune, "commune"),
        organisations=_places(sessions.values(), wanted.organisation, "organisation"),
        labels=LEVEL_LABELS,
        tones=LEVEL_TONES,
        longest_note=LONGEST_NOTE,
        unknown_schools=unknown_schools,
    )


@blueprint.post("/conflicts/accept")
@require_staff("coordinator")
def accept(slug: str) -> ResponseReturnValue:
    """Keep that a conflict is meant to be, with a note; it does not count any more."""
    note = " ".join(request.form.get("note", "").split())[:LONGEST_NOTE] or None
    context = current_context()
    with context.database.write() as db:
        edition = edition_or_404(db, slug)
        accept_conflict(
            db,
            edition.id,
            _posted_key(),
            note=note,
            account_id=account_id(),
            now=context.clock(),
        )
    flash(_("C’est noté : ce conflit est voulu."), "success")
    return redirect(_back(slug), 303)


@blueprint.post("/conflicts/take-back")
@require_staff("coordinator")
def take_back(slug: str) -> ResponseReturnValue:
    """Let a conflict count again."""
    context = current_context()
    with context.database.write() as db:
        edition_id = edition_or_404(db, slug).id
        take_back_acceptance(
            db, edition_id, _posted_key(), account_id=account_id(), now=context.clock()
        )
    flash(_("Ce conflit compte de nouveau."), "success")
    return redirect(_back(slug), 303)


def conflicts_of_form(db: DbSession, session: Session | None) -> dict[str, Any]:
    """Return what a session's form shows of its conflicts, as its template wants it."""
    found: Sequence[Conflict] = ()
    if session is not None:
        now = current_context().clock()
        found = check_session(db, session.id, now=now, viewer=current_account())
    return {
        "clashes": found,
        "clashing": sessions_concerned(db, {each for one in found for each in one.sessions}),
        "clash_labels": LEVEL_LABELS,
        "clash_tones": LEVEL_TONES,
    }


_FILTERS = ("level", "kind", "commune", "organisation")


def _is_of(conflict: Conflict, level: str) -> bool:
    """Tell whether a conflict is under a tab; what was accepted has a tab of its own."""
    if level == _ACCEPTED:
        return conflict.accepted is not None
    return conflict.accepted is None and level in ("", conflict.level)


def _tabs(matching: Sequence[Conflict], chosen: str) -> list[tuple[str, str, int, bool]]:
    """Return the tabs: words, address, how many are under it, whether it is open."""
    words = [("", _("Tous")), *((level, str(LEVEL_LABELS[level][1])) for level in LEVELS)]
    words.append((_ACCEPTED, _("Voulus")))
    return [
        (
            label,
            address_with(level=name or None, page=None),
            sum(_is_of(conflict, name) for conflict in matching),
            name == chosen,
        )
        for name, label in words
    ]


def _groups(
    shown: Sequence[Conflict], counts: Mapping[tuple[str, str], int]
) -> list[tuple[object, str, int, list[Conflict]]]:
    """Return conflicts by kind and level: the kind's label, the level, how many, and those here."""
    return [
        (RULES[kind].label, level, counts[kind, level], list(conflicts))
        for (kind, level), conflicts in groupby(shown, lambda each: (each.kind, each.level))
    ]


def _tours(db: DbSession, shown: Sequence[Conflict]) -> dict[str, list[Row[Any]]]:
    """Return the tours that conflicts are about, by the conflicts' keys."""
    by_stop = tours_concerned(db, {each for one in shown for each in one.stops})
    found = {}
    for conflict in shown:
        tours = {by_stop[stop].id: by_stop[stop] for stop in conflict.stops if stop in by_stop}
        found[conflict.key] = list(tours.values())
    return found


def _unknown_schools(db: DbSession, edition: Edition) -> list[str]:
    """Return for which schools of the edition no holidays are known, as sentences."""
    codes = communes_with_schools(db, edition.id)
    academies = sorted(filter(None, set(map(academy_without_calendar, codes))))
    told = [
        _("Aucun calendrier scolaire n’est connu pour l’académie : %(name)s.", name=name)
        for name in academies
    ]
    years = range(edition.starts_on.year, edition.ends_on.year + 1)
    if any(academy_of(code) for code in codes):
        told += [
            _("Les vacances scolaires de %(year)s ne sont pas encore connues.", year=year)
            for year in years
            if not is_year_known(year)
        ]
    return told


def _kinds(found: Sequence[Conflict], chosen: str) -> list[tuple[str, str]]:
    kinds = {conflict.kind for conflict in found} | ({chosen} & RULES.keys())
    return sorted(((kind, str(RULES[kind].label)) for kind in kinds), key=lambda pair: pair[1])


def _places(sessions: Collection[Concerned], chosen: str, noun: str) -> list[tuple[str, str]]:
    found = {
        str(getattr(each, f"{noun}_id")): getattr(each, f"{noun}_name")
        for each in sessions
        if getattr(each, f"{noun}_id") is not None
    }
    return sorted(found.items(), key=lambda pair: pair[1].casefold())


def _active(wanted: Wanted, sessions: Mapping[UUID, Concerned]) -> list[tuple[str, str]]:
    """Return the filters in use: what each says, and the address without it."""
    names = dict(_places(sessions.values(), "", "commune"))
    names |= dict(_places(sessions.values(), "", "organisation"))
    names |= {kind: str(rule.label) for kind, rule in RULES.items()}
    return [
        (names.get(value, value), address_with(**{name: None}, page=None))
        for name in ("kind", "commune", "organisation")
        if (value := getattr(wanted, name))
    ]


def _posted_key() -> str:
    key = request.form.get("key", "")
    return key if is_key(key) else abort(400)


def _back(slug: str) -> str:
    """Return where the form was: the list with its filters, or the form of a session."""
    try:
        session_id = UUID(request.form.get("session", ""))
    except ValueError:
        kept: dict[str, Any] = {name: request.args.get(name) for name in (*_FILTERS, "page")}
        return url_for(".index", slug=slug, **kept)
    return url_for("console_session.edit", slug=slug, session_id=session_id, _anchor="conflicts")
