"""What the ticket on paper says, in words: the same for the page and the PDF."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.registration.domain.calendar_entries import location
from services.registration.manage_queries import BookingPage, RegistrationPage
from services.registration.pages.words import (
    age_words,
    in_our_words,
    language_of,
    party_words,
    session_time,
)
from shared.i18n import LazyText, current_locale, format_day, format_moment, ngettext
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l
from shared.identifiers import code_groups, grouped_code
from shared.markdown import to_text
from shared.site import Site
from shared.ticket import qr_svg

Facts = dict[str, Any]

#: To whom a place is accessible, by the codes of the public agendas.
_ACCESSIBLE: dict[str, LazyText] = {
    "hi": _l("handicap auditif"),
    "vi": _l("handicap visuel"),
    "pi": _l("handicap psychique"),
    "mi": _l("handicap moteur"),
    "ii": _l("handicap intellectuel"),
}

#: Letters of a note, by how many sessions share the sheet.
_NOTE_LETTERS = ((1, 900), (3, 500), (8, 260))
_SHORTEST_NOTE = 130


def awaited(page: RegistrationPage) -> list[BookingPage]:
    """Return the bookings that the ticket tells of: whatever was cancelled is left out."""
    return [
        booking
        for booking in page.own_bookings
        if booking.status != "cancelled" and booking.session.availability != "cancelled"
        if booking.is_offered or booking.status != "offered"
    ]


def paper_facts(page: RegistrationPage, site: Site, *, public_url: str, today: datetime) -> Facts:
    """Return what the ticket says, in the language that is spoken; `today` is now (UTC)."""
    bookings = awaited(page)
    details = bookings[0].session.details
    edition = in_our_words(details["edition"]["name"])
    sessions = _sessions(bookings)
    manage_url = f"{public_url}/registrations/{page.token}"
    return {
        "lang": current_locale(),
        "title": _("Billet %(code)s – %(edition)s", code=grouped_code(page.code), edition=edition),
        "edition": edition,
        "heading": _("Votre billet"),
        "name": page.name,
        "qr": qr_svg(page.ticket),
        "qr_words": _(
            "Code QR du billet, à montrer à l’accueil. En toutes lettres, le code est %(code)s.",
            code=" ".join(page.code),
        ),
        "code_label": _("Code à dire à l’accueil"),
        "code": code_groups(page.code),
        "how": _(
            "À l’accueil de chaque séance, montrez le code QR, sur cette feuille ou sur un "
            "téléphone, ou dites le code."
        ),
        "sessions_heading": ngettext("Votre séance", "Vos séances", len(bookings)),
        "sessions": sessions,
        "party": sessions[0]["party"] if len({one["party"] for one in sessions}) == 1 else "",
        "labels": {
            "party": _("Votre groupe :"),
            "position": _("Position :"),
        },
        "help_heading": _("Un empêchement ?"),
        "help": _(
            "Annulez, ou changez le nombre de personnes : votre place servira à quelqu’un d’autre. "
            "Tout se fait sur votre page, sans mot de passe ; gardez-en l’adresse pour vous."
        ),
        "manage_url": manage_url,
        "contact": _contact(details, site),
        "valid": _(
            "Établi le %(day)s. Si une séance change, un courriel vous prévient, et votre page dit "
            "ce qui vaut.",
            day=format_day(today.date(), year=True),
        ),
        "responsible": _responsible(edition, site),
    }


def _sessions(bookings: list[BookingPage]) -> list[Facts]:
    longest = next(
        (letters for most, letters in _NOTE_LETTERS if len(bookings) <= most), _SHORTEST_NOTE
    )
    told: set[tuple[str, str]] = set()
    found = []
    for booking in bookings:
        notes = [note for note in _notes(booking.session.details) if note not in told]
        told.update(notes)
        found.append(_session(booking, [(label, _short(text, longest)) for label, text in notes]))
    return found


def _session(booking: BookingPage, notes: list[tuple[str, str]]) -> Facts:
    details = booking.session.details
    venue = details["venue"]
    latitude, longitude = venue["latitude"], venue["longitude"]
    is_placed = latitude is not None and longitude is not None
    address = location({**details, "space": None, "venue": {**venue, "name": None}})
    return {
        "id": str(booking.id),
        "when": session_time(booking.session),
        "title": in_our_words(details["title"]),
        "title_lang": language_of(details["title"]),
        "waits": _waits(booking),
        "venue": venue["name"],
        "space": details["space"]["name"] if details["space"] else "",
        "address": address,
        "position": f"{latitude:.5f}, {longitude:.5f}" if is_placed else "",
        "geo": f"geo:{latitude:.5f},{longitude:.5f}" if is_placed else "",
        "map": (
            f"https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}"
            f"#map=17/{latitude}/{longitude}"
            if is_placed
            else ""
        ),
        "party": _party(booking),
        "notes": [{"label": label, "text": text} for label, text in notes],
    }


def _party(booking: BookingPage) -> str:
    """Return who comes, and what they need on the spot."""
    wheelchairs = booking.wheelchairs
    parts = (
        party_words(booking.party, booking.session.details["edition"]),
        ngettext("dont %(n)s en fauteuil roulant", "dont %(n)s en fauteuil roulant", wheelchairs)
        if wheelchairs
        else "",
        _("interprète en langue des signes demandé") if booking.sign_language else "",
    )
    return ", ".join(part for part in parts if part)


def _waits(booking: BookingPage) -> str:
    """Return why a booking is no place yet, or may end; nothing where all is well."""
    zone = booking.session.details["time_zone"]
    if booking.status == "offered" and booking.offer_expires_at:
        return ngettext(
            "Place proposée jusqu’au %(when)s, pas encore acceptée : répondez sur votre page.",
            "Places proposées jusqu’au %(when)s, pas encore acceptées : répondez sur votre page.",
            booking.places,
            when=format_moment(booking.offer_expires_at, zone),
        )
    if booking.is_asked and booking.answer_by:
        return ngettext(
            "Dites sur votre page, d’ici au %(when)s, si vous venez : sans réponse, la place est "
            "rendue.",
            "Dites sur votre page, d’ici au %(when)s, si vous venez : sans réponse, les places "
            "sont rendues.",
            booking.places,
            when=format_moment(booking.answer_by, zone),
        )
    if booking.status != "waitlisted":
        return ""
    if booking.position:
        return _(
            "Liste d’attente, rang %(rank)s : ce n’est pas encore une place.",
            rank=booking.position,
        )
    return _("Liste d’attente : ce n’est pas encore une place.")


def _notes(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what to know before one comes, each with its label; texts as people wrote them."""
    access = details.get("access") or {}
    codes = [code for code in access.get("accessibility", ()) if code in _ACCESSIBLE]
    accessible = ", ".join(str(_ACCESSIBLE[code]) for code in codes)
    conditions = details.get("conditions") or {}
    price = details.get("price_note") or {}
    age = age_words(details)
    notes = [
        (_("Âge :"), age[:1].lower() + age[1:]),
        (_("À prévoir :"), to_text(_either(conditions))),
        (_("Tarif :"), to_text(_either(price))),
        (_("Venir :"), access.get("directions") or ""),
        (_("Accès :"), accessible),
        (_("Accueil :"), access.get("accessibility_note") or ""),
    ]
    return [(label, " ".join(text.split())) for label, text in notes if text.strip()]


def _either(text: Mapping[str, str | None]) -> str:
    return text.get(current_locale()) or text.get("fr") or text.get("en") or ""


def _short(text: str, longest: int) -> str:
    """Return a text that is cut between two words when it is too long for the sheet."""
    if len(text) <= longest:
        return text
    return text[:longest].rsplit(" ", 1)[0].rstrip(" ,;:.") + " […]"


def _contact(details: Mapping[str, Any], site: Site) -> str:
    organisation = details["organisation"] or {}
    address = details["edition"]["contact_email"] or organisation.get("email") or site.contact_email
    return _("Une question ? Écrivez à %(address)s.", address=address) if address else ""


def _responsible(edition: str, site: Site) -> str:
    if site.responsible:
        return _("Responsable des inscriptions : %(who)s.", who=site.responsible)
    return _("Responsable des inscriptions : la coordination de « %(edition)s ».", edition=edition)
