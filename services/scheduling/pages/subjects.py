"""The pages of what sessions share: a commune, venue, space, theme, organisation, presenter."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, make_response, render_template, request
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.session_facts import SessionFacts, credited_name
from services.scheduling.overviews import overview_of
from services.scheduling.pages import addresses
from services.scheduling.pages.programme_address import ProgrammeAddress, read_address
from services.scheduling.pages.public import EXHIBITIONS_SHOWN, read_list
from services.scheduling.pages.sessions import redirected
from services.scheduling.pages.trails import programme_trail
from services.scheduling.pages.words import kind_of_activity
from services.scheduling.queries.narrowing import Narrowing
from services.scheduling.queries.overview import Overview
from services.scheduling.queries.programme import ProgrammeFilter, chosen_edition
from services.scheduling.queries.released import PublicEdition, public_editions
from services.scheduling.queries.subjects import (
    editions_with,
    latest_facts,
    merged_into,
    published_organisation,
    spaces_of,
    venues_of,
)
from shared.i18n import LazyText
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l
from shared.web import current_context

blueprint = Blueprint("subjects", __name__)


@dataclass(frozen=True)
class Subject:
    """One of them: what it is, how it is called, where its page and its feeds are.

    `narrows` are the arguments of the programme's address that show the same there.
    """

    noun: str
    label: LazyText
    name: str
    path: str
    feed: str
    narrowing: Narrowing
    narrows: dict[str, str | UUID]
    rss: str | None = None


@blueprint.get("/communes/<name>")
def commune(name: str) -> Response:
    """Show what takes place in a commune."""
    code = addresses.insee_code_in(name)
    if code is None:
        abort(404)

    def subject(facts: SessionFacts) -> Subject:
        return Subject(
            noun="commune",
            label=_l("Commune"),
            name=facts.commune or code,
            path=addresses.commune_path(code, facts.commune or ""),
            feed=f"/feeds/communes/{code}.ics",
            narrowing=Narrowing(commune=code),
            narrows={"commune": code},
            rss=f"/feeds/communes/{code}.rss",
        )

    return _show(Narrowing(commune=code), subject)


@blueprint.get("/venues/<name>")
def venue(name: str) -> Response:
    """Show what takes place at a venue, and how to get there."""
    found = _id(name)

    def subject(facts: SessionFacts) -> Subject:
        return Subject(
            noun="venue",
            label=_l("Lieu"),
            name=facts.venue,
            path=addresses.venue_path(found, facts.venue),
            feed=f"/feeds/venues/{found}.ics",
            narrowing=Narrowing(venue=found),
            narrows={"venue": found},
            rss=f"/feeds/venues/{found}.rss",
        )

    return _show(Narrowing(venue=found), subject, found, "/venues/{}")


@blueprint.get("/spaces/<name>")
def space(name: str) -> Response:
    """Show what takes place in one room or yard of a venue."""
    found = _id(name)

    def subject(facts: SessionFacts) -> Subject:
        called = facts.space or ""
        return Subject(
            noun="space",
            label=_l("Salle ou espace"),
            name=called,
            path=addresses.space_path(found, called),
            feed=f"/feeds/spaces/{found}.ics",
            narrowing=Narrowing(space=found),
            narrows={},
        )

    return _show(Narrowing(space=found), subject)


@blueprint.get("/organisations/<name>")
def organisation(name: str) -> Response:
    """Show what an organisation proposes."""
    found = _id(name)

    def subject(facts: SessionFacts) -> Subject:
        called = facts.organisation or ""
        return Subject(
            noun="organisation",
            label=_l("Structure"),
            name=called,
            path=addresses.organisation_path(found, called),
            feed=f"/feeds/organisations/{found}.ics",
            narrowing=Narrowing(organisation=found),
            narrows={"organisation": found},
            rss=f"/feeds/organisations/{found}.rss",
        )

    return _show(Narrowing(organisation=found), subject, found, "/organisations/{}")


@blueprint.get("/presenters/<name>")
def presenter(name: str) -> Response:
    """Show where somebody presents."""
    found = _id(name)

    def subject(facts: SessionFacts) -> Subject:
        called = credited_name(facts, str(found)) or _("Intervenant·e")
        return Subject(
            noun="presenter",
            label=_l("Intervenant·e"),
            name=called,
            path=addresses.presenter_path(found, called),
            feed=f"/feeds/presenters/{found}.ics",
            narrowing=Narrowing(presenter=found),
            narrows={},
        )

    return _show(Narrowing(presenter=found), subject, found, "/presenters/{}")


@blueprint.get("/themes/<slug>")
def theme(slug: str) -> Response:
    """Show what takes place on a theme."""

    def subject(facts: SessionFacts) -> Subject:
        return Subject(
            noun="theme",
            label=_l("Thématique"),
            name=kind_of_activity(facts.theme),
            path=addresses.theme_path(slug),
            feed=f"/feeds/themes/{slug}.ics",
            narrowing=Narrowing(theme=slug),
            narrows={"theme": slug},
            rss=f"/feeds/themes/{slug}.rss",
        )

    return _show(Narrowing(theme=slug), subject)


def _show(
    narrowing: Narrowing,
    describe: Callable[[SessionFacts], Subject],
    key: UUID | None = None,
    moved_to: str = "",
) -> Response:
    context = current_context()
    now = context.clock()
    if not request.path.isprintable():
        abort(404)
    with context.database.read() as db:
        facts = latest_facts(db, narrowing)
        if facts is None:
            return _elsewhere(db, key, moved_to)
        subject = describe(facts)
        if request.path != subject.path:
            return redirected(subject.path)
        within = editions_with(db, narrowing)
        known = [each for each in public_editions(db) if each.id in within]
        asked = read_address(request.args)
        edition = chosen_edition(known, asked.edition, now.date())
        if edition is None:
            abort(404)
        today = now.astimezone(ZoneInfo(edition.time_zone)).date()
        wanted = ProgrammeFilter(narrowing, (), now if edition.ends_on >= today else None)
        address = ProgrammeAddress(
            edition=edition.slug,
            cursor=asked.cursor,
            **subject.narrows,  # type: ignore[arg-type]
        )
        shown = read_list(db, edition, address, wanted, now, _pages(subject, edition, known))
        overview = overview_of(db, edition.id)
        is_place = subject.noun == "venue"
        body = render_template(
            "subject.html",
            address=address,
            edition=edition,
            editions=known,
            exhibitions_shown=EXHIBITIONS_SHOWN,
            facts=facts,
            first_href=_pages(subject, edition, known)(None),
            list=shown,
            now=now,
            spaces=spaces_of(db, edition.id, key) if is_place and key else [],
            subject=subject,
            today=today,
            trail=_trail(subject, facts, edition),
            presented=published_organisation(db, key) if subject.noun == "organisation" else None,
            venues=(
                [] if subject.noun in ("venue", "space") else venues_of(db, edition.id, narrowing)
            ),
            within=_within(subject, overview),
        )
    return make_response(body)


def _within(subject: Subject, overview: Overview) -> str | None:
    """Return what all that is listed is in, so that its lines need not say it."""
    if subject.noun in ("venue", "space"):
        return subject.noun
    return "commune" if subject.noun == "commune" or len(overview.communes) < 2 else None


def _pages(
    subject: Subject, edition: PublicEdition, known: list[PublicEdition]
) -> Callable[[str | None], str]:
    """Return the function that gives the address of a page of the list, by its cursor."""

    def page(cursor: str | None) -> str:
        arguments = {"edition": edition.slug if len(known) > 1 else None, "cursor": cursor}
        query = "&".join(f"{n}={quote(v, safe='')}" for n, v in arguments.items() if v)
        return f"{subject.path}?{query}" if query else subject.path

    return page


def _trail(subject: Subject, facts: SessionFacts, edition: PublicEdition) -> list[tuple[str, str]]:
    trail = programme_trail(edition.slug)
    if subject.noun == "venue" and facts.insee_code and facts.commune:
        path = addresses.commune_path(facts.insee_code, facts.commune)
        return [*trail, (facts.commune, path)]
    if subject.noun == "space":
        return [*trail, (facts.venue, addresses.venue_path(facts.venue_id, facts.venue))]
    return [*trail, (_("Communes, lieux, thématiques"), addresses.edition_path(edition.slug))]


def _elsewhere(db: DbSession, key: UUID | None, moved_to: str) -> Response:
    """Lead to what a merged row became; there is no page of what was never released."""
    became = merged_into(db, key) if key else None
    if became is None:
        abort(404)
    return redirected(moved_to.format(became))


def _id(name: str) -> UUID:
    found = addresses.id_in(name)
    if found is None:
        abort(404)
    return found
