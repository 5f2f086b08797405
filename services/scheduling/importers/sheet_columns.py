"""The columns of a spreadsheet of sessions: what they are called, and what they state.

One row is a session; what is said of its activity, venue and organisation is said again in each
row, or left empty where it is as above. Headings are recognised in French and English, whatever
their case and accents, in any order.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from shared.i18n import LazyText, translator
from shared.i18n import lazy_gettext as _l
from shared.text import fold


@dataclass(frozen=True)
class Column:
    """One column; `table` is what it tells of, `states` the columns of the table that it fills.

    `width` is in characters. A `seldom` column is exported only where something stands in it, a
    `technical` one is for Parvis to find rows again: it is hidden, and in no template.
    """

    key: str
    heading: LazyText
    table: str
    states: tuple[str, ...]
    width: int = 16
    others: tuple[str, ...] = ()
    seldom: bool = False
    technical: bool = False


def _column(
    key: str, heading: LazyText, table: str, states: str = "", width: int = 16, *others: str
) -> Column:
    return Column(key, heading, table, tuple(states.split()), width, others)


_WHEN = "starts_at ends_at"

COLUMNS: tuple[Column, ...] = (
    _column("title_fr", _l("Titre"), "activities", "title_fr", 36, "animation", "activite",
            "activity", "intitule", "nom de l'animation", "titre de l'animation", "titre francais"),
    _column("title_en", _l("Titre en anglais"), "activities", "title_en", 30, "titre anglais",
            "english title", "title en"),
    _column("description_fr", _l("Description"), "activities", "description_fr", 50, "descriptif",
            "resume", "presentation", "texte"),
    _column("description_en", _l("Description en anglais"), "activities", "description_en", 40,
            "description anglaise", "english description"),
    _column("audience", _l("Public"), "activities", "audience", 14, "publics", "pour qui",
            "public vise"),
    _column("ages", _l("Âges"), "activities", "age_min age_max", 14, "age", "tranche d'age",
            "age range"),
    _column("theme", _l("Thématique"), "activities", "theme", 24, "theme", "thematiques", "topic"),
    _column("format", _l("Format"), "activities", "format", 16, "type", "type d'animation",
            "genre"),
    _column("organisation", _l("Structure"), "activities", "organisation_id", 26, "organisateur",
            "porteur", "porteur de projet", "organization", "organizer", "organiser", "association",
            "propose par"),
    _column("organisation_email", _l("Courriel de la structure"), "organisations", "email", 26,
            "e-mail de la structure", "email structure", "mail de la structure"),
    _column("presenters", _l("Intervenants"), "activities", "presenters", 26, "intervenant",
            "intervenant·e·s", "intervenantes", "speakers", "speaker", "animateurs", "presenter"),
    _column("duration", _l("Durée"), "activities", "duration_minutes", 10, "duree en minutes"),
    _column("school_levels", _l("Niveaux scolaires"), "activities", "school_levels", 18, "niveaux",
            "niveau scolaire", "classes"),
    _column("languages", _l("Langues"), "activities", "languages", 14, "langue", "language"),
    _column("accessibility", _l("Accessibilité"), "activities", "accessibility", 20, "handicap",
            "handicaps"),
    _column("price_note_fr", _l("Prix"), "activities", "price_note_fr", 16, "tarif", "tarifs",
            "prices", "cost"),
    _column("price_note_en", _l("Prix en anglais"), "activities", "price_note_en", 16),
    _column("conditions_fr", _l("Conditions"), "activities", "conditions_fr", 24,
            "conditions d'acces", "conditions de participation", "a savoir"),
    _column("conditions_en", _l("Conditions en anglais"), "activities", "conditions_en", 24),
    _column("link", _l("Lien"), "activities", "link", 24, "site", "site web", "url", "page web",
            "website"),
    _column("venue", _l("Lieu"), "sessions", "venue_id", 28, "nom du lieu", "site d'accueil",
            "place", "location"),
    _column("address", _l("Adresse"), "venues", "address", 28, "adresse du lieu", "rue"),
    _column("postcode", _l("Code postal"), "venues", "postcode", 11, "cp", "zip", "postal code"),
    _column("commune", _l("Commune"), "venues", "commune_id", 18, "ville", "city", "town",
            "municipality"),
    _column("insee", _l("Code INSEE"), "venues", "commune_id", 11, "insee", "code commune"),
    _column("space", _l("Salle"), "sessions", "space_id", 20, "salle ou espace", "espace", "space",
            "salles"),
    _column("space_capacity", _l("Capacité de la salle"), "spaces", "capacity", 12,
            "capacite salle", "capacite", "capacity of the room"),
    _column("kind", _l("Forme"), "sessions", "kind", 14, "forme de la seance", "deroulement"),
    _column("date", _l("Date"), "sessions", _WHEN, 12, "jour", "day", "date de debut",
            "premier jour", "start date"),
    _column("starts", _l("Début"), "sessions", _WHEN, 9, "heure de debut", "heure", "de",
            "horaire de debut", "start time", "starts at", "begin"),
    _column("ends", _l("Fin"), "sessions", _WHEN, 9, "heure de fin", "a", "horaire de fin",
            "end time", "ends at"),
    _column("last_date", _l("Date de fin"), "sessions", _WHEN, 12, "dernier jour", "jusqu'au",
            "end date", "until"),
    _column("hours", _l("Horaires par semaine"), "sessions", "weekly_hours", 24,
            "horaires d'ouverture", "horaires", "opening hours"),
    _column("closures", _l("Jours de fermeture"), "sessions", "closures", 18, "fermetures",
            "closures"),
    _column("registration", _l("Entrée"), "sessions", "registration", 20, "inscription", "acces",
            "mode d'entree", "registration", "entry", "admission"),
    _column("registration_link", _l("Lien d’inscription"), "sessions", "registration_link", 24,
            "lien inscription", "url d'inscription", "lien de reservation", "registration url",
            "billetterie"),
    _column("registration_telephone", _l("Téléphone d’inscription"), "sessions",
            "registration_telephone", 18, "telephone inscription", "telephone", "tel", "phone",
            "registration phone"),
    _column("registration_email", _l("Courriel d’inscription"), "sessions",
            "registration_email", 24, "courriel inscription", "e-mail d'inscription",
            "email d'inscription", "courriel", "email", "e-mail", "mail", "registration email"),
    _column("full", _l("Complet"), "sessions", "registration_full", 9, "complete", "sold out"),
    _column("capacity", _l("Jauge"), "sessions", "capacity", 8, "places", "nombre de places",
            "capacity", "jauge de la seance"),
    _column("categories", _l("Qui prend une place"), "sessions", "seat_categories", 20,
            "categories de places", "seat categories"),
    _column("cancelled", _l("Annulée"), "sessions", "status", 9, "annule", "annulation",
            "canceled"),
    Column("latitude", _l("Latitude"), "venues", ("latitude",), 11, ("lat",), seldom=True),
    Column("longitude", _l("Longitude"), "venues", ("longitude",), 11, ("lon", "lng"), seldom=True),
    Column("time_zone", _l("Fuseau horaire du lieu"), "venues", ("time_zone",), 16,
           ("fuseau horaire", "time zone"), seldom=True),
    Column("id", _l("Identifiant"), "sessions", (), 14,
           ("id", "uid", "identifiant de la seance"), technical=True),
    Column("activity_id", _l("Identifiant de l’animation"), "activities", (), 14,
           ("identifiant animation", "activity id"), technical=True),
    Column("venue_id", _l("Identifiant du lieu"), "venues", (), 14, ("venue id",), technical=True),
    Column("space_id", _l("Identifiant de la salle"), "spaces", (), 14, ("room id",),
           technical=True),
    Column("organisation_id", _l("Identifiant de la structure"), "organisations", (), 14,
           ("organisation id",), technical=True),
    Column("mark", _l("Repère"), "sessions", (), 14, ("repere",), technical=True),
)  # fmt: skip

BY_KEY: dict[str, Column] = {column.key: column for column in COLUMNS}


@cache
def _known() -> dict[str, str]:
    """Return the key of the column that each heading is of, as it is compared."""
    english = translator("services.scheduling", "en")
    known: dict[str, str] = {}
    for column in COLUMNS:
        message = column.heading.message
        for name in (message, english.gettext(message), *column.others):
            known.setdefault(_plain(name), column.key)
    return known


def key_of_heading(heading: Any) -> str | None:
    """Return the key of the column that is called so, or None."""
    return _known().get(_plain(heading)) if isinstance(heading, str) else None


def is_heading_row(values: Sequence[Any]) -> bool:
    """Tell whether a row is the one of the headings: a title, and one more that is known."""
    found = {key_of_heading(value) for value in values} - {None}
    return len(found) >= 2 and bool(found & {"title_fr", "activity_id", "id"})


def _plain(heading: str) -> str:
    """Return a heading as it is compared: without what stands in brackets, marks and accents."""
    bare = re.sub(r"\([^)]*\)|[*:?!.]", " ", heading.replace("_", " "))
    return fold(bare)
