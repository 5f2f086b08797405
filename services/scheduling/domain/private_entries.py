"""Entries of private calendars: a session with what its hosts need to know, and its moves."""

from dataclasses import replace
from email.utils import parseaddr

from services.scheduling.domain.calendar_entries import calendar_entry
from services.scheduling.domain.logistics.moves import Move
from services.scheduling.domain.session_facts import read_facts
from services.scheduling.models import PublishedSession, Resource, Stop
from shared.calendar import CalendarEntry, Person, Status
from shared.i18n import current_locale, format_number, ngettext
from shared.i18n import gettext as _

_STATUS: dict[str, Status] = {
    "confirmed": "CONFIRMED",
    "tentative": "TENTATIVE",
    "cancelled": "CANCELLED",
}


def session_entry(
    session: PublishedSession, contacts: tuple[str, ...], *, public_url: str, mail_from: str
) -> CalendarEntry:
    """Return a session's entry as its hosts have it: expected numbers and contacts come first.

    It is the public entry, under its UID and SEQUENCE. Raises `ValueError` when the session has
    something that no calendar can carry.
    """
    facts = read_facts(session.details)
    entry = calendar_entry(facts, public_url=public_url, mail_from=mail_from)
    told = [expected_words(session), contact_words(contacts)]
    return replace(
        entry, description="\n\n".join(part for part in (*told, entry.description) if part)
    )


def move_entry(move: Move, *, public_url: str, mail_from: str) -> CalendarEntry:
    """Return the entry of a delivery or a pick-up. Raises `ValueError` as above."""
    return CalendarEntry(
        uid=move.uid,
        sequence=move.sequence,
        summary=move_words(move),
        description="\n\n".join(part for part in _move_told(move) if part),
        location=_location(move),
        url=_move_url(move, public_url),
        starts_at=move.starts_at,
        ends_at=move.ends_at,
        time_zone=move.time_zone,
        status=_STATUS[move.status],
        changed_at=move.changed_at,
        organizer=organizer(mail_from),
    )


def organizer(mail_from: str) -> Person:
    """Return who sends a calendar that no edition does: the site."""
    name, address = parseaddr(mail_from)
    return (name or "Parvis", address)


def move_words(move: Move) -> str:
    """Return « Livraison et montage : Glaciers d’ici », with the copies where they are several."""
    what = move.resource.name
    if move.copies > 1:
        what = _("%(n)s × %(what)s", n=format_number(move.copies), what=what)
    if move.kind == "delivery":
        return _("Livraison et montage : %(what)s", what=what)
    return _("Démontage et enlèvement : %(what)s", what=what)


def expected_words(session: PublishedSession) -> str:
    """Return how many people are expected; nothing where nobody registers here."""
    if session.registration != "here" or session.status == "cancelled":
        return ""
    taken = ngettext("%(n)s place prise", "%(n)s places prises", session.seats_taken)
    if session.capacity is not None:
        taken = _("%(taken)s sur %(all)s", taken=taken, all=format_number(session.capacity))
    parts = [taken]
    if session.bookings:
        parts.append(ngettext("%(n)s inscription", "%(n)s inscriptions", session.bookings))
    if session.waiting:
        parts.append(ngettext("%(n)s groupe attend", "%(n)s groupes attendent", session.waiting))
    return _("Attendus : %(numbers)s.", numbers=", ".join(parts))


def contact_words(contacts: tuple[str, ...]) -> str:
    """Return who can be called."""
    return _("Contact : %(who)s", who=", ".join(contacts)) if contacts else ""


def lender_words(resource: Resource) -> str:
    """Return who lends something, and who can be called there."""
    lender = resource.organisation.name if resource.organisation else None
    who = (lender, resource.contact_name, resource.contact_telephone, resource.contact_email)
    told = ", ".join(part for part in who if part)
    return _("Prêté par %(who)s", who=told) if told else ""


def host_words(stop: Stop) -> str:
    """Return who can be called where a stop is."""
    who = (stop.contact_name, stop.contact_telephone, stop.contact_email)
    told = ", ".join(part for part in who if part)
    return _("Sur place : %(who)s", who=told) if told else ""


def _move_told(move: Move) -> list[str]:
    told = []
    if move.status == "tentative":
        told.append(_("Sous réserve : l’étape est en option."))
    if move.session is not None:
        title = move.session.title_fr
        if current_locale() == "en" and move.session.title_en:
            title = move.session.title_en
        told.append(_("Pour « %(title)s ».", title=title))
    told.append(lender_words(move.resource))
    if move.stop is not None:
        told.append(host_words(move.stop))
        if move.stop.transporter:
            told.append(_("Transporteur : %(name)s", name=move.stop.transporter))
    return told


def _location(move: Move) -> str:
    if move.stop is None:
        return move.place
    venue = move.stop.venue
    town = " ".join(filter(None, (venue.postcode, venue.commune.name if venue.commune else None)))
    return ", ".join(part for part in (move.place, venue.address, town) if part)


def _move_url(move: Move, public_url: str) -> str | None:
    if move.stop is not None:
        return f"{public_url}/console/tours/{move.stop.tour_id}/stops/{move.stop.id}"
    return f"{public_url}/sessions/{move.session.id}" if move.session is not None else None
