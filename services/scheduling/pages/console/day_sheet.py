"""A venue's day sheet: who, what, when, who to call, what is brought; as a page and as PDF."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from services.scheduling.domain.logistics.day import DaySession, DaySheet, day_sheet, first_day_from
from services.scheduling.domain.logistics.moves import Move
from services.scheduling.domain.private_entries import host_words, lender_words, move_words
from services.scheduling.domain.touring.parties import Person, parties_in
from services.scheduling.domain.touring.states import zone_of
from services.scheduling.models import PublishedSession, Venue
from services.scheduling.pages.console.editors import PLACE_READERS, check_read, may_do
from services.scheduling.pages.console.storing import row_or_404
from services.scheduling.pages.console.tour_people import current_person
from services.scheduling.pages.words import AUDIENCE_LABELS, age_words, in_our_words
from shared.i18n import (
    current_locale,
    format_clock,
    format_day,
    format_moment,
    format_number,
    format_time,
    ngettext,
)
from shared.i18n import gettext as _
from shared.pdf import write_pdf
from shared.web import current_context
from shared.web.sign_in import require_staff

TEMPLATE = Path(__file__).resolve().parents[1] / "print" / "day_sheet.typ"

blueprint = Blueprint(
    "console_day_sheet", __name__, url_prefix="/console/venues/<uuid:venue_id>/day"
)

Facts = dict[str, Any]


@blueprint.get("")
@require_staff(*PLACE_READERS)
def somewhen(venue_id: UUID) -> ResponseReturnValue:
    """Lead to the next day on which something begins at the venue."""
    context = current_context()
    with context.database.read() as db:
        venue = row_or_404(db, Venue, venue_id)
        zone = zone_of(venue)
        today = context.clock().astimezone(ZoneInfo(zone)).date()
        day = first_day_from(db, venue_id, today, zone)
    return redirect(url_for(".page", venue_id=venue_id, day=day.isoformat()), 303)


@blueprint.get("/<day>")
@require_staff(*PLACE_READERS)
def page(venue_id: UUID, day: str) -> ResponseReturnValue:
    """Show a venue's day."""
    on = _day(day)
    return render_template(
        "console/day_sheet.html",
        facts=_facts(venue_id, on),
        venue_id=venue_id,
        day=on,
        before=on - timedelta(days=1),
        after=on + timedelta(days=1),
    )


@blueprint.get("/<day>.pdf")
@require_staff(*PLACE_READERS)
def pdf(venue_id: UUID, day: str) -> Response:
    """Give a venue's day as PDF, for the wall."""
    on = _day(day)
    response = make_response(write_pdf(TEMPLATE, _facts(venue_id, on)))
    response.content_type = "application/pdf"
    name = f"feuille-du-jour-{on.isoformat()}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        abort(404)
    return day if 2000 <= day.year <= 2100 else abort(404)


def _facts(venue_id: UUID, day: date) -> Facts:
    """Return what the sheet says, in words: the same for the page and the paper."""
    context = current_context()
    now = context.clock()
    with context.database.read() as db:
        sheet = day_sheet(db, venue_id, day, now) or abort(404)
        check_read(db, sheet.venue)
        shows_contacts = may_do(db, "contacts", sheet.venue)
        person = current_person(db)
        venue = sheet.venue
        town = venue.commune.name if venue.commune else ""
        return {
            "lang": current_locale(),
            "title": _("Feuille du jour – %(venue)s", venue=venue.name),
            "venue": venue.name,
            "place": ", ".join(part for part in (venue.address, town) if part),
            "day": _capital(format_day(day, year=True)),
            "footer": _(
                "Ce qui est publié et les inscriptions au %(when)s.",
                when=format_moment(now, sheet.time_zone),
            ),
            "totals": _totals(sheet),
            "words": {
                "moves": _("Livraisons et enlèvements"),
                "sessions": _("Séances"),
                "nothing": _("Rien n’est publié ici ce jour-là."),
                "cancelled": _("ANNULÉE"),
                "contacts": _("Qui appeler"),
            },
            "moves": [
                _move(move, sheet, shows_contacts, shows_papers=_is_party(move, person))
                for move in sheet.moves
            ],
            "sessions": [_session(one) for one in sheet.sessions],
            "contacts": _contacts(sheet) if shows_contacts else [],
        }


def _totals(sheet: DaySheet) -> list[Facts]:
    on = [one.session for one in sheet.sessions if one.session.status != "cancelled"]
    if not on:
        return []
    found = [
        {
            "number": format_number(len(on)),
            "words": ngettext("séance", "séances", len(on)),
        }
    ]
    registered = [session for session in on if session.registration == "here"]
    if registered:
        seats = sum(session.seats_taken for session in registered)
        bookings = sum(session.bookings for session in registered)
        found += [
            {
                "number": format_number(seats),
                "words": ngettext("personne attendue", "personnes attendues", seats),
            },
            {
                "number": format_number(bookings),
                "words": ngettext("inscription", "inscriptions", bookings),
            },
        ]
    return found


def _is_party(move: Move, person: Person) -> bool:
    """Tell whether the papers of a move's stop are for somebody: its transporter, its contacts."""
    return move.stop is not None and bool(parties_in(move.stop, person))


def _move(move: Move, sheet: DaySheet, shows_contacts: bool, *, shows_papers: bool) -> Facts:
    zone = sheet.time_zone
    until = _("jusqu’à %(time)s", time=format_time(move.ends_at, zone))
    where = [move.place if move.place != sheet.venue.name else ""]
    if move.ends_at > move.starts_at:
        where.append(_on_day(move, sheet) or until)
    lines = [", ".join(part for part in where if part)]
    if move.status == "tentative":
        lines.append(_("Sous réserve : l’étape est en option."))
    if move.session is not None:
        title = in_our_words(move.session.title_fr, move.session.title_en)
        lines.append(_("Pour « %(title)s ».", title=title))
    if move.stop is not None and shows_papers and move.stop.transporter:
        lines.append(_("Transporteur : %(name)s", name=move.stop.transporter))
    if shows_contacts:
        lines.append(lender_words(move.resource))
    if move.stop is not None and shows_papers:
        lines.append(host_words(move.stop))
    is_today = move.starts_at.astimezone(ZoneInfo(zone)).date() == sheet.day
    return {
        "time": format_time(move.starts_at, zone) if is_today else "…",
        "what": move_words(move),
        "lines": [line for line in lines if line],
    }


def _on_day(move: Move, sheet: DaySheet) -> str:
    """Return when a move ends that goes on for days."""
    ends = move.ends_at.astimezone(ZoneInfo(sheet.time_zone))
    if ends.date() == sheet.day:
        return ""
    return _("jusqu’au %(when)s", when=format_moment(move.ends_at, sheet.time_zone))


def _session(one: DaySession) -> Facts:
    session = one.session
    details = session.details
    opens, closes = one.hours[0]
    who = [", ".join(map(str, details["presenters"])), session.organisation_name or ""]
    public = str(AUDIENCE_LABELS.get(session.audience, session.audience))
    age = age_words(session.age_min, session.age_max)
    lines = [
        " – ".join(part for part in who if part),
        ", ".join(part for part in (public, age, str(session.format or "")) if part),
    ]
    if session.kind == "drop_in":
        lines.append(_("En continu : on vient à l’heure que l’on veut."))
    lines += [
        _("puis de %(opens)s à %(closes)s", opens=format_clock(opens), closes=format_clock(closes))
        for opens, closes in one.hours[1:]
    ]
    expected, numbers = _expected(session)
    is_all_day = (opens, closes) == ("00:00", "24:00")
    return {
        "time": _("Toute la journée") if is_all_day else format_clock(opens),
        "until": ""
        if is_all_day or opens == closes
        else _("→ %(time)s", time=format_clock(closes)),
        "off": session.status == "cancelled",
        "what": in_our_words(session.title_fr, session.title_en),
        "where": session.space_name or "",
        "lines": [line for line in lines if line],
        "expected": expected,
        "numbers": numbers,
    }


def _expected(session: PublishedSession) -> tuple[str, list[str]]:
    if session.status == "cancelled":
        return "", []
    if session.registration == "none":
        return "", [_("Entrée libre")]
    if session.registration == "elsewhere":
        return "", [_("Inscription ailleurs")]
    numbers = []
    if session.capacity is not None:
        numbers.append(_("sur %(n)s places", n=format_number(session.capacity)))
    numbers.append(ngettext("%(n)s inscription", "%(n)s inscriptions", session.bookings))
    if session.waiting:
        numbers.append(ngettext("%(n)s en attente", "%(n)s en attente", session.waiting))
    return format_number(session.seats_taken), numbers


def _contacts(sheet: DaySheet) -> list[Facts]:
    """Return who can be called: at the venue, then for what takes place, each once."""
    venue = sheet.venue
    own = [venue.contact_name, venue.contact_telephone, venue.contact_email]
    found: dict[tuple[str, ...], list[str]] = {}
    if any(own):
        found[tuple(part for part in own if part)] = [_("Le lieu")]
    for one in sheet.sessions:
        if one.contacts and one.session.status != "cancelled":
            name = one.session.organisation_name or in_our_words(
                one.session.title_fr, one.session.title_en
            )
            labels = found.setdefault(one.contacts, [])
            if name not in labels:
                labels.append(name)
    return [{"label": ", ".join(labels), "lines": list(lines)} for lines, labels in found.items()]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
