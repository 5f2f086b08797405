"""A session as a calendar shows it: the one place where scheduling words a calendar entry."""

import re
from email.utils import parseaddr
from functools import lru_cache

from services.scheduling.domain.session_facts import SessionFacts
from shared.calendar import CalendarEntry, Person
from shared.i18n import current_locale, format_session_time
from shared.i18n import gettext as _
from shared.markdown import to_text

_MAIL = re.compile(r"[^\s@\x00-\x1f\x7f-\x9f]+@[^\s@\x00-\x1f\x7f-\x9f]+")


def calendar_entry(session: SessionFacts, *, public_url: str, mail_from: str) -> CalendarEntry:
    """Return the session's entry, worded in the current language.

    An exhibition is one span of whole days. Who may come at any hour of a day, or on any day of a
    period, is left free by it. The organizer is the edition, at its contact's address, else at
    `mail_from` (`Name <address>`, or an address alone). The seats left are not told: they change
    too often for a calendar.

    Raises `ValueError` when the session has something that no calendar can carry.
    """
    url = session_url(public_url, session.id)
    return CalendarEntry(
        uid=session.uid,
        sequence=session.sequence,
        summary=_in_language(session.title_fr, session.title_en),
        description=_description(session, url),
        location=_location(session),
        url=url,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        time_zone=session.time_zone,
        status="CANCELLED" if session.status == "cancelled" else "CONFIRMED",
        changed_at=session.changed_at,
        latitude=session.latitude if session.longitude is not None else None,
        longitude=session.longitude if session.latitude is not None else None,
        all_day=session.kind == "exhibition",
        transparent=session.kind != "timed",
        categories=(session.theme,) if session.theme else (),
        organizer=_organizer(session, mail_from),
    )


def session_url(public_url: str, session_id: str) -> str:
    """Return the address of a session's page, in the current language."""
    language = "" if current_locale() == "fr" else f"?lang={current_locale()}"
    return f"{public_url}/sessions/{session_id}{language}"


def _in_language(french: str, english: str | None) -> str:
    return english if english and current_locale() == "en" else french


def _description(session: SessionFacts, url: str) -> str:
    parts = [
        _("Cette séance est annulée.") if session.status == "cancelled" else "",
        to_text(_in_language(session.description_fr, session.description_en)).strip(),
        _hours(session),
        "" if session.status == "cancelled" else way_in(session, url),
        _("Avec %(names)s", names=", ".join(map(str, session.presenters)))
        if session.presenters
        else "",
        _("Proposé par %(name)s", name=session.organisation) if session.organisation else "",
        session.link or "",
        _("La séance dans le programme : %(url)s", url=url),
    ]
    return "\n\n".join(part for part in parts if part)


def way_in(session: SessionFacts, url: str) -> str:
    """Say in a sentence how people get in; `url` is the session's page."""
    if session.registration == "none":
        return _("Entrée libre, sans inscription.")
    if session.registration_full:
        return _("Complet.")
    if session.registration == "here":
        return _("Sur inscription : %(url)s", url=url)
    ways = [
        session.registration_telephone,
        session.registration_email,
        session.registration_link,
    ]
    told = ", ".join(way for way in ways if way)
    if not told:
        return _("Sur réservation auprès de l’organisateur.")
    return _("Sur réservation auprès de l’organisateur : %(ways)s", ways=told)


def _hours(session: SessionFacts) -> str:
    if session.kind == "timed":
        return ""
    when = format_session_time(
        session.starts_at,
        session.ends_at,
        session.time_zone,
        session.kind,
        weekly_hours=session.weekly_hours,
    )
    return when[:1].upper() + when[1:] + "."


def _location(session: SessionFacts) -> str:
    town = " ".join(part for part in (session.postcode, session.commune) if part)
    parts = (session.space, session.venue, session.address, town)
    return ", ".join(dict.fromkeys(part for part in parts if part))


def _organizer(session: SessionFacts, mail_from: str) -> Person:
    name = _in_language(session.edition_fr, session.edition_en)
    return name, _address(session.edition_contact or "", mail_from)


@lru_cache(maxsize=100)
def _address(contact: str, mail_from: str) -> str:
    """Return the contact's address, else the sender's: a feed asks it for each of its sessions."""
    return contact if _MAIL.fullmatch(contact) else parseaddr(mail_from)[1]
