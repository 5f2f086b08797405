"""What is held of somebody in words, as rows of name and value, and as a file."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response

from services.registration.models import Erasure
from services.registration.pages.happenings import deed_words
from services.registration.pages.words import STATUS_LABELS, party_words
from services.registration.personal_data import HeldBooking, HeldRegistration, as_json
from shared.i18n import LazyText, format_day, format_moment, ngettext
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l
from shared.web import current_context
from shared.web.caching import uncached

#: Times that belong to no session are told in the festival's own zone.
ZONE = "Europe/Paris"

#: Languages, as they are called in the page's own.
LANGUAGES: dict[str, LazyText] = {"fr": _l("français"), "en": _l("anglais")}

#: Why something was erased, in words.
REASONS: dict[str, LazyText] = {
    "asked": _l("à la demande de la personne"),
    "age": _l("fin de la durée de conservation"),
    "purpose": _l("plus utile après la séance"),
}

Rows = list[tuple[str, str]]


@dataclass(frozen=True)
class Tables:
    """One registration's data: who it is, then each booking under its title, notes and calls."""

    code: str
    person: Rows
    bookings: list[tuple[str, Rows]]
    notes: Rows
    done_by_staff: Rows
    calls: Rows


def tables_of(held: HeldRegistration) -> Tables:
    """Return what is held, in the reader's language."""
    return Tables(
        code=held.code,
        person=_person(held),
        bookings=[(booking.session, _booking(booking)) for booking in held.bookings],
        notes=[(format_moment(note.written_at, ZONE), note.text) for note in held.notes],
        done_by_staff=[
            (format_moment(deed.done_at, ZONE), "\n".join(deed_words(deed.kind, deed.text)).strip())
            for deed in held.done_by_staff
        ],
        calls=[
            (
                format_moment(call.noted_at, ZONE),
                _("Appel fait le %(when)s", when=format_moment(call.done_at, ZONE))
                if call.done_at
                else _("Appel à faire"),
            )
            for call in held.calls
        ],
    )


def erasure_words(erasure: Erasure) -> str:
    """Return how much was erased: « 3 inscriptions », « 2 besoins d’accès »."""
    if "needs" in erasure.details:
        number = erasure.details["needs"]
        return ngettext("%(n)s besoin d’accès", "%(n)s besoins d’accès", number)
    if "answers" in erasure.details:
        number = erasure.details["answers"]
        return ngettext("les réponses d’un groupe", "les réponses de %(n)s groupes", number)
    return ngettext("%(n)s inscription", "%(n)s inscriptions", erasure.registrations)


def json_file(held: Sequence[HeldRegistration], name: str) -> Response:
    """Return what is held as a file, kept by no cache."""
    data = as_json(held, now=current_context().clock())
    text = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    response = Response(text, content_type="application/json; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return uncached(response)


def _person(held: HeldRegistration) -> Rows:
    rows = [
        (_("Nom"), held.name),
        (_("Adresse électronique"), held.email or _("aucune")),
        (_("Téléphone"), held.telephone or _("aucun")),
        (_("Langue de nos messages"), str(LANGUAGES[held.language])),
        (_("Inscription"), format_moment(held.registered_at, ZONE)),
    ]
    if held.entered_by_staff:
        rows.append((_("Saisie"), _("par l’équipe, au téléphone ou au guichet")))
    if held.cancelled_at:
        rows.append((_("Annulation"), format_moment(held.cancelled_at, ZONE)))
    return rows


def _booking(booking: HeldBooking) -> Rows:
    rows = [
        (_("Quand"), booking.when),
        (_("Où"), booking.place),
        (_("Groupe"), party_words(booking.party, booking.edition)),
        (_("État"), str(STATUS_LABELS[booking.status])),
    ]
    if booking.wheelchairs:
        rows.append((_("Places en fauteuil"), str(booking.wheelchairs)))
    if booking.sign_language:
        rows.append((_("Langue des signes"), _("oui")))
    if booking.offer_note:
        rows.append((_("Mot de l’organisateur"), booking.offer_note))
    for answer in booking.answers:
        said = answer.answer if isinstance(answer.answer, str) else _("oui")
        if answer.erased_on:
            day = format_day(answer.erased_on, weekday=False, year=True)
            said = _("%(answer)s (effacé le %(day)s)", answer=said, day=day)
        rows.append((answer.question or _("Réponse"), said))
    return rows
