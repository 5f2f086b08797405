"""The words of a spreadsheet's closed choices, in French and English, and the codes they mean."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from babel import Locale

from services.scheduling.domain.editing.fields import Fault
from services.scheduling.domain.languages import LANGUAGES
from services.scheduling.importers.malformed import quoted
from shared.contracts.party_categories import is_usual, labels_of
from shared.i18n import LazyText, current_locale, translator
from shared.i18n import lazy_gettext as _l
from shared.text import fold


@dataclass(frozen=True)
class Choice:
    """One answer: its code, what it is called, and other words that mean it."""

    code: str
    label: LazyText
    others: tuple[str, ...] = ()


AUDIENCE: tuple[Choice, ...] = (
    Choice("everyone", _l("Tout public"), ("tous", "everyone", "all", "tous publics")),
    Choice("families", _l("Familles"), ("famille", "en famille", "families", "family")),
    Choice("adults", _l("Adultes"), ("adulte", "adults")),
    Choice("schools", _l("Scolaires"), ("scolaire", "ecoles", "schools", "classes")),
    Choice("teenagers", _l("Adolescents"), ("ados", "adolescent", "teenagers", "jeunes")),
)
KIND: tuple[Choice, ...] = (
    Choice("timed", _l("À heure fixe"), ("heure fixe", "timed", "fixe", "at a set time")),
    Choice("drop_in", _l("En continu"), ("continu", "drop-in", "drop in", "toute la journee")),
    Choice("exhibition", _l("Exposition"), ("expo", "exhibition")),
)
WAY_IN: tuple[Choice, ...] = (
    Choice("none", _l("Entrée libre"), ("libre", "sans inscription", "free entry", "free", "none")),
    Choice("here", _l("Inscription ici"), ("ici", "here", "registration here", "sur parvis")),
    Choice(
        "elsewhere",
        _l("Inscription ailleurs"),
        ("ailleurs", "elsewhere", "registration elsewhere", "aupres de l'organisateur"),
    ),
)
CATEGORIES: tuple[Choice, ...] = (
    Choice("adults", _l("adultes"), ("adulte", "adults")),
    Choice("children", _l("enfants"), ("enfant", "children")),
    Choice("pupils", _l("élèves"), ("eleve", "pupils")),
    Choice("accompanying", _l("accompagnants"), ("accompagnateurs", "accompanying adults")),
)


def category_choices(categories: Iterable[Mapping[str, Any]]) -> tuple[Choice, ...]:
    """Return the answers that an edition's categories of people are, in its order.

    The usual ones keep their usual words beside whatever they are called.
    """
    labels = labels_of({"party_categories": list(categories)})
    usual = {choice.code: choice for choice in CATEGORIES}
    return tuple(
        usual[code] if is_usual(labels, code) else _own_choice(code, texts)
        for code, texts in labels.items()
    )


def _own_choice(code: str, texts: Mapping[str, str | None]) -> Choice:
    names = [name for name in (texts["fr"], texts["en"]) if name]
    shown = texts.get(current_locale()) or texts["fr"]
    return Choice(code, LazyText("%(name)s", {"name": shown}), tuple(names))


YES_NO: tuple[Choice, ...] = (
    Choice("yes", _l("oui"), ("o", "x", "vrai", "true", "yes", "y", "1")),
    Choice("no", _l("non"), ("n", "faux", "false", "no", "0")),
)

ACCESSIBILITY: tuple[Choice, ...] = (
    Choice("hi", _l("handicap auditif"), ("auditif", "surdite", "hearing impairment")),
    Choice("vi", _l("handicap visuel"), ("visuel", "cecite", "visual impairment")),
    Choice("pi", _l("handicap psychique"), ("psychique", "psychic impairment")),
    Choice("mi", _l("handicap moteur"), ("moteur", "pmr", "fauteuil", "motor impairment")),
    Choice(
        "ii",
        _l("handicap intellectuel"),
        ("intellectuel", "mental", "handicap mental", "intellectual impairment"),
    ),
)
SCHOOL_LEVELS: tuple[Choice, ...] = (
    Choice("cycle1", _l("cycle 1"), ("maternelle", "nursery school")),
    Choice("cycle2", _l("cycle 2"), ("cp", "ce1", "ce2", "cp-ce2")),
    Choice("cycle3", _l("cycle 3"), ("cm1", "cm2", "6e", "sixieme", "cm1-6e")),
    Choice("cycle4", _l("cycle 4"), ("5e", "4e", "3e", "college", "5e-3e")),
    Choice("lycee", _l("lycée"), ("high school", "2de", "1re", "terminale", "lycees")),
    Choice("superieur", _l("supérieur"), ("enseignement superieur", "higher education")),
)

#: What Babel has no name for, or another than is usual.
_LANGUAGES = {
    "fsl": (_l("langue des signes française"), ("lsf", "french sign language")),
}


_ENGLISH = translator("services.scheduling", "en")


@lru_cache(maxsize=256)
def codes_by_word(choices: tuple[Choice, ...]) -> dict[str, str]:
    """Return the code of each word, folded: labels in French and English, others, then codes."""
    words: dict[str, str] = {}
    for choice in choices:
        label = choice.label.message
        named = () if choice.label.variables else (label, _ENGLISH.gettext(label))
        for word in (*named, *choice.others):
            words.setdefault(fold(word), choice.code)
    for choice in choices:
        words.setdefault(fold(choice.code), choice.code)
    return words


def label_of(choices: tuple[Choice, ...], code: str) -> str:
    """Return what a code is called, in the reader's language; the code itself where it is none."""
    return next((str(choice.label) for choice in choices if choice.code == code), code)


def language_label(code: str, locale: str) -> str:
    """Return what a language is called; its code where it has no name."""
    if code in _LANGUAGES:
        return str(_LANGUAGES[code][0])
    return str(Locale.parse(locale).languages.get(code, code))


@cache
def languages_by_word() -> dict[str, str]:
    """Return the code of each language by its names in French and English, folded, and itself."""
    words = {code: code for code in LANGUAGES}
    for locale in ("fr", "en"):
        names = Locale.parse(locale).languages
        words |= {fold(str(names[code])): code for code in LANGUAGES if code in names}
    for code, (label, others) in _LANGUAGES.items():
        english = _ENGLISH.gettext(label.message)
        words |= {fold(word): code for word in (label.message, english, *others)}
    return words


def read_languages(value: Any) -> tuple[str, ...]:
    """Return the codes of the languages that a cell lists. Raises `Fault`."""
    words = languages_by_word()
    pieces = [piece for piece in re.split(r"[,;/\n]", str(value)) if piece.strip()]
    found = set()
    for piece in pieces:
        code = words.get(fold(piece))
        if code is None:
            raise Fault(
                _l(
                    "« %(text)s » n’est pas une langue qui se reconnaisse : écrivez par exemple "
                    "« français, anglais ».",
                    text=quoted(piece),
                )
            )
        found.add(code)
    return tuple(code for code in LANGUAGES if code in found)
