"""What the operator alone knows and the law asks to be said: who publishes, hosts, answers."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.scheduling.domain.editing.fields import Fault, day, email, line, paragraphs, telephone
from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _
from shared.site import Site

#: The longest answer, in characters.
LONGEST = 500

#: The longest time that registrations may be said to be kept, in months: ten years.
LONGEST_RETENTION = 120


def _day(text: str) -> str:
    try:
        return str(day()(date.fromisoformat(text)).isoformat())
    except ValueError as error:
        raise Fault(_("Ce jour n’existe pas : écrivez par exemple 2026-10-03.")) from error


def _rate(text: str) -> float:
    try:
        rate = float(text.replace(",", ".").rstrip("% \u00a0\u202f"))
    except ValueError:
        rate = -1.0
    if not 0 <= rate <= 100:
        raise Fault(_("Écrivez un taux de 0 à 100."))
    return rate


def _months(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= LONGEST_RETENTION:
        raise Fault(_("Écrivez un nombre de mois de 1 à %(n)s.", n=LONGEST_RETENTION))
    return int(text)


_READERS: dict[str, Callable[[str], Any]] = {
    "text": line(LONGEST),
    "lines": paragraphs(LONGEST),
    "email": email(),
    "phone": telephone(),
    "date": _day,
    "rate": _rate,
    "months": _months,
}


@dataclass(frozen=True)
class FactField:
    """One fact: how the form asks for it and how an answer is read.

    `kind` is text, lines, email, phone, date, rate or months. A fact that is not `required` may
    stay unsaid; one that is may be said by another, `or_else`.
    """

    name: str
    label: LazyText
    kind: str = "text"
    required: bool = True
    or_else: str | None = None
    hint: LazyText | None = None

    def read(self, value: str) -> Any:
        """Return what is kept of an answer, `None` of an empty one; raises `Fault`."""
        value = value.strip()
        return _READERS[self.kind](value) if value else None


#: The facts that each text speaks of, in the order in which the console asks for them.
FACTS: dict[str, tuple[FactField, ...]] = {
    "legal_notice": (
        FactField("publisher", _("Nom et forme juridique de l’éditeur")),
        FactField(
            "publisher_status",
            _("Immatriculation"),
            required=False,
            hint=_("Numéro SIREN, RCS ou RNA, capital social, s’il y en a."),
        ),
        FactField("publisher_address", _("Adresse de l’éditeur"), "lines"),
        FactField("publisher_phone", _("Téléphone de l’éditeur"), "phone"),
        FactField("publisher_email", _("Courriel de l’éditeur"), "email"),
        FactField(
            "director",
            _("Directeur ou directrice de la publication"),
            hint=_("Son nom et sa fonction : la personne qui représente l’éditeur."),
        ),
        FactField("host", _("Nom ou raison sociale de l’hébergeur")),
        FactField("host_address", _("Adresse de l’hébergeur"), "lines"),
        FactField("host_phone", _("Téléphone de l’hébergeur"), "phone"),
    ),
    "personal_data": (
        FactField(
            "responsible",
            _("Responsable du traitement"),
            or_else="publisher",
            hint=_("L’organisme qui décide de ce que deviennent les données. Vide : l’éditeur."),
        ),
        FactField(
            "contact_email",
            _("Adresse où exercer ses droits"),
            "email",
            or_else="publisher_email",
            hint=_("Vide : le courriel de l’éditeur."),
        ),
        FactField(
            "dpo",
            _("Délégué·e à la protection des données"),
            required=False,
            hint=_("Son nom et son adresse, si vous en avez désigné."),
        ),
        FactField(
            "retention_months",
            _("Conservation des inscriptions, en mois après la fin de l’édition"),
            "months",
            hint=_(
                "Parvis n’efface pas les inscriptions de lui-même : le faire à cette date"
                " vous revient."
            ),
        ),
    ),
    "accessibility": (
        FactField(
            "accessibility_email",
            _("Adresse où signaler une difficulté"),
            "email",
            or_else="contact_email",
            hint=_("Vide : l’adresse où exercer ses droits."),
        ),
        FactField("stated_on", _("Date de la déclaration"), "date"),
        FactField(
            "audited_on",
            _("Date de l’audit"),
            "date",
            required=False,
            hint=_("Un audit vaut trois ans. Sans audit, le site est déclaré non conforme."),
        ),
        FactField(
            "audit_rate",
            _("Critères respectés, en pour cent"),
            "rate",
            required=False,
            hint=_("Dès 50 : partiellement conforme. 100 : totalement conforme."),
        ),
        FactField("auditor", _("Qui a mené l’audit"), required=False),
    ),
}

_BY_NAME = {field.name: field for fields in FACTS.values() for field in fields}


def known(facts: Mapping[str, Any], name: str) -> Any:
    """Return a fact, or the one that stands for it while it is unsaid, or `None`."""
    value = facts.get(name)
    field = _BY_NAME[name]
    return known(facts, field.or_else) if value is None and field.or_else else value


def missing(facts: Mapping[str, Any], key: str) -> list[FactField]:
    """Return the facts that a text needs and that nobody has said yet."""
    return [field for field in FACTS[key] if field.required and known(facts, field.name) is None]


def described(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the other services are told of the site, as JSON values."""
    named = ("responsible", "contact_email", "retention_months", "audited_on", "audit_rate")
    return {name: known(facts, name) for name in named}


def site_of(facts: Mapping[str, Any]) -> Site:
    """Return the site that the facts describe."""
    told = described(facts)
    audited_on = told["audited_on"]
    return Site(**{**told, "audited_on": date.fromisoformat(audited_on) if audited_on else None})
