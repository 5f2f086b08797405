"""What happened to a registration, as the staff reads it: changes, messages, calls."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.registration.call_queries import ToCall
from services.registration.models import RegistrationNote
from services.registration.pages.calls import what_changed
from services.registration.registration_queries import StaffRegistration
from shared.i18n import LazyText
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l

#: What happened to a registration or a booking, in words.
HAPPENINGS: dict[str, LazyText] = {
    "registered": _l("Inscription"),
    "still_coming": _l("A dit venir toujours"),
    "confirmed": _l("Modifiée ou confirmée"),
    "waitlisted": _l("Modifiée, en attente"),
    "offered": _l("Proposée, en attente de réponse"),
    "contact": _l("Annulée par la personne"),
    "organiser": _l("Annulée par l’organisation"),
    "declined": _l("Proposition déclinée"),
    "expired": _l("Proposition expirée"),
    "moved": _l("A accepté une autre séance à la place"),
    "unanswered": _l("Pas de réponse à la question « Venez-vous toujours ? »"),
}

#: What the staff did, in words.
DEEDS: dict[str, LazyText] = {
    "message_mailed": _l("Message envoyé par courriel"),
    "message_to_call": _l("Message mis sur la liste d’appels"),
    "move_mailed": _l("Autre séance proposée par courriel"),
    "move_to_call": _l("Autre séance à proposer par téléphone"),
    "link_mailed": _l("Lien renvoyé par courriel"),
    "address_corrected": _l("Adresse électronique corrigée"),
}


@dataclass(frozen=True)
class Happening:
    """One line of the history: `title` is of the session it is about, `said` a longer text."""

    at: datetime
    what: str
    title: Mapping[str, Any] | None = None
    who: str | None = None
    said: str = ""


def happened(
    found: StaffRegistration,
    shown: Collection[UUID],
    deeds: Sequence[RegistrationNote],
    calls: Sequence[ToCall],
) -> list[Happening]:
    """Return what happened, the latest first: of bookings, to those that are `shown`."""
    # At the same moment what the staff did came after what it is about.
    lines = [
        Happening(
            one.done_at,
            _("Appelé·e"),
            one.session.details["title"],
            who=one.done_by,
            said=what_changed(one),
        )
        for one in calls
        if one.done_at is not None
    ]
    lines += [_done(one) for one in deeds]
    lines += [
        Happening(at, str(HAPPENINGS[what]), each.session.details["title"] if each else None)
        for at, what, each in found.happenings()
        if each is None or each.booking.id in shown
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def deed_words(kind: str, text: str) -> tuple[str, str]:
    """Return what the staff did, with what it was about, and the longer text that was said."""
    subject, _gap, said = text.partition("\n\n")
    what = str(DEEDS[kind])
    return _("%(what)s : %(subject)s", what=what, subject=subject) if subject else what, said


def _done(one: RegistrationNote) -> Happening:
    what, said = deed_words(one.kind, one.text)
    return Happening(one.written_at, what, who=one.account_name, said=said)
