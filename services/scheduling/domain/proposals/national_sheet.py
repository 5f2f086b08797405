"""What is retyped on the national festival's site: its fields, in its order, with its lengths.

The order is that of the form's help page (https://www.fetedelascience.fr/aide-la-saisie-des-
evenements: *Initialisation*, *Description*, *Informations pratiques*, *Production*, *Évènement
lié*; title, *chapeau* and description first). The help states no lengths; those here are what
OpenAgenda, on which public agendas of the festival are kept, lets a title (140), a short
description (200), a description (10,000), keywords and conditions (255) be, from its documentation
as it is remembered (https://developers.openagenda.com). The coordinator who finds others sets them
in the edition's rules.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _
from shared.markdown import to_text

LONGEST_SUMMARY = 200
LONGEST_KEYWORDS = 255

#: The fields that Parvis has nothing of its own for: they are written on the sheet.
OWN = {"summary": LONGEST_SUMMARY, "keywords": LONGEST_KEYWORDS}


@dataclass(frozen=True)
class SheetField:
    """One field of the national form with the text to be put there.

    `longest` is in characters, as forms count them; None where nothing limits it. `fingerprint`
    tells the text from another.
    """

    name: str
    label: LazyText
    text: str
    longest: int | None = None
    is_own: bool = False
    rows: int = 1

    @property
    def length(self) -> int:
        """Return how many characters the text has."""
        return len(self.text)

    @property
    def over(self) -> int:
        """Return by how many characters it is too long."""
        return max(0, self.length - self.longest) if self.longest else 0

    @property
    def fingerprint(self) -> str:
        """Return what tells this text from another."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class SheetPart:
    """A step of the national form, with its fields in order."""

    label: LazyText
    fields: tuple[SheetField, ...]


@dataclass(frozen=True)
class SheetWords:
    """What the sheet says in words that pages choose: in French, as the national site is."""

    audience: str = ""
    ages: str = ""
    levels: str = ""
    accessibility: str = ""
    languages: str = ""
    times: Sequence[str] = ()
    places: Sequence[str] = ()
    ways_in: Sequence[str] = ()


def sheet_of(
    activity: Any, words: SheetWords, texts: Mapping[str, str], lengths: Mapping[str, int]
) -> tuple[SheetPart, ...]:
    """Return the sheet of an activity; fields without a text are left out, but for its own."""
    description = plain(activity.description_fr)
    organisation = activity.organisation
    parts = (
        (
            _("Description"),
            (
                SheetField("title", _("Titre"), activity.title_fr, lengths["title"]),
                SheetField(
                    "summary",
                    _("Chapeau"),
                    texts.get("summary") or first_sentences(description, LONGEST_SUMMARY),
                    LONGEST_SUMMARY,
                    is_own=True,
                    rows=2,
                ),
                SheetField(
                    "description", _("Description"), description, lengths["description"], rows=6
                ),
                SheetField("format", _("Type d’animation"), activity.format or ""),
                SheetField("theme", _("Thématique"), activity.theme or ""),
                SheetField(
                    "keywords",
                    _("Mots-clés"),
                    texts.get("keywords")
                    or ", ".join(filter(None, (activity.theme, activity.format))),
                    LONGEST_KEYWORDS,
                    is_own=True,
                ),
                SheetField("image_alt", _("Ce que montre l’image"), activity.image_alt_fr or ""),
                SheetField("image_credit", _("Crédit de l’image"), activity.image_credit or ""),
            ),
        ),
        (
            _("Informations pratiques"),
            (
                SheetField("times", _("Dates et horaires"), "\n".join(words.times), rows=3),
                SheetField("places", _("Lieu"), "\n".join(words.places), rows=2),
                SheetField("audience", _("Public"), words.audience),
                SheetField("ages", _("Âge"), words.ages),
                SheetField("levels", _("Niveaux scolaires"), words.levels),
                SheetField("languages", _("Langues"), words.languages),
                SheetField("accessibility", _("Accessibilité"), words.accessibility),
                SheetField("ways_in", _("Inscription"), "\n".join(words.ways_in), rows=2),
                SheetField(
                    "price_note", _("Tarif"), plain(activity.price_note_fr), lengths["price_note"]
                ),
                SheetField(
                    "conditions",
                    _("Conditions"),
                    plain(activity.conditions_fr),
                    lengths["conditions"],
                    rows=2,
                ),
            ),
        ),
        (
            _("Production"),
            (
                SheetField(
                    "organisation", _("Structure"), organisation.name if organisation else ""
                ),
                SheetField("contact_name", _("Contact"), activity.contact_name or ""),
                SheetField(
                    "contact_email", _("Adresse électronique"), activity.contact_email or ""
                ),
                SheetField("contact_telephone", _("Téléphone"), activity.contact_telephone or ""),
                SheetField("presenters", _("Intervenants"), ", ".join(activity.presenters)),
                SheetField("link", _("Page web"), activity.link or ""),
            ),
        ),
    )
    return tuple(
        SheetPart(label, tuple(one for one in fields if one.text or one.is_own))
        for label, fields in parts
    )


def plain(text: str | None) -> str:
    """Return Markdown as the plain text that a form takes."""
    return to_text(text or "").strip()


def first_sentences(text: str, longest: int) -> str:
    """Return the first paragraph's whole sentences that fit, else as many words as fit."""
    paragraph = " ".join(text.split("\n\n")[0].split())
    if len(paragraph) <= longest:
        return paragraph
    cut = paragraph[: longest + 1]
    end = max(cut.rfind(f"{mark} ") for mark in ".!?…")
    if end > 0:
        return paragraph[: end + 1]
    return cut[: longest - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
