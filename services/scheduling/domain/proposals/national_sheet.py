"""What is retyped on the national festival's site: its fields, in its order, with its lengths.

Order and lengths are data, with where they come from: `national_form.toml`. The lengths of texts
that Parvis measures itself are the edition's own, which its coordinator sets in the rules.
"""

import hashlib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _
from shared.markdown import to_text

_FORM = tomllib.loads(Path(__file__).with_name("national_form.toml").read_text("utf-8"))

#: The steps of the form, each with the names of its fields in order.
STEPS: tuple[tuple[str, tuple[str, ...]], ...] = tuple(
    (step["name"], tuple(step["fields"])) for step in _FORM["step"]
)

#: What the steps are called.
STEP_LABELS: Mapping[str, LazyText] = {
    "description": _("Description"),
    "practical": _("Informations pratiques"),
    "production": _("Production"),
}

LONGEST_SUMMARY: int = _FORM["longest"]["summary"]
LONGEST_KEYWORDS: int = _FORM["longest"]["keywords"]

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
    known = {one.name: one for one in _fields(activity, words, texts, lengths)}
    return tuple(
        SheetPart(
            STEP_LABELS[step],
            tuple(known[name] for name in names if known[name].text or known[name].is_own),
        )
        for step, names in STEPS
    )


def _fields(
    activity: Any, words: SheetWords, texts: Mapping[str, str], lengths: Mapping[str, int]
) -> Iterator[SheetField]:
    yield from _described(activity, texts, lengths)
    yield SheetField("times", _("Dates et horaires"), "\n".join(words.times), rows=3)
    yield SheetField("places", _("Lieu"), "\n".join(words.places), rows=2)
    yield SheetField("audience", _("Public"), words.audience)
    yield SheetField("ages", _("Âge"), words.ages)
    yield SheetField("levels", _("Niveaux scolaires"), words.levels)
    yield SheetField("languages", _("Langues"), words.languages)
    yield SheetField("accessibility", _("Accessibilité"), words.accessibility)
    yield SheetField("ways_in", _("Inscription"), "\n".join(words.ways_in), rows=2)
    price, conditions = plain(activity.price_note_fr), plain(activity.conditions_fr)
    yield SheetField("price_note", _("Tarif"), price, lengths["price_note"])
    yield SheetField("conditions", _("Conditions"), conditions, lengths["conditions"], rows=2)
    organisation = activity.organisation
    yield SheetField("organisation", _("Structure"), organisation.name if organisation else "")
    yield SheetField("contact_name", _("Contact"), activity.contact_name or "")
    yield SheetField("contact_email", _("Adresse électronique"), activity.contact_email or "")
    yield SheetField("contact_telephone", _("Téléphone"), activity.contact_telephone or "")
    yield SheetField("presenters", _("Intervenants"), ", ".join(activity.presenters))
    yield SheetField("link", _("Page web"), activity.link or "")


def _described(
    activity: Any, texts: Mapping[str, str], lengths: Mapping[str, int]
) -> Iterator[SheetField]:
    description = plain(activity.description_fr)
    summary = texts.get("summary") or first_sentences(description, LONGEST_SUMMARY)
    usual = ", ".join(filter(None, (activity.theme, activity.format)))
    keywords = texts.get("keywords") or usual
    yield SheetField("title", _("Titre"), activity.title_fr, lengths["title"])
    yield SheetField("summary", _("Chapeau"), summary, LONGEST_SUMMARY, is_own=True, rows=2)
    yield SheetField("description", _("Description"), description, lengths["description"], rows=6)
    yield SheetField("format", _("Type d’animation"), activity.format or "")
    yield SheetField("theme", _("Thématique"), activity.theme or "")
    yield SheetField("keywords", _("Mots-clés"), keywords, LONGEST_KEYWORDS, is_own=True)
    yield SheetField("image_alt", _("Ce que montre l’image"), activity.image_alt_fr or "")
    yield SheetField("image_credit", _("Crédit de l’image"), activity.image_credit or "")


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
