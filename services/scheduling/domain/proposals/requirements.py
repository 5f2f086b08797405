"""What an edition asks of a proposal, of one that wants the label, and of one to be published."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from services.scheduling.models import Activity, EditionRules
from shared.i18n import LazyText, lazy_ngettext
from shared.i18n import lazy_gettext as _

Stage = Literal["proposal", "label", "publication"]

#: The stages in the order in which they are reached.
STAGES: tuple[Stage, ...] = ("proposal", "label", "publication")

#: The stages before which texts are measured; what is public stays public, however long it is.
MEASURED: tuple[Stage, ...] = ("proposal", "label")


@dataclass(frozen=True)
class Subject:
    """An activity with what is counted beside it: sessions placed, and others that are wished."""

    activity: Activity
    sessions: int = 0
    unplaced: int = 0


@dataclass(frozen=True)
class Requirement:
    """Something that can be asked for; `field` is the id of the field that it is told at."""

    name: str
    label: LazyText
    sentence: LazyText
    field: str
    is_met: Callable[[Subject], bool]


@dataclass(frozen=True)
class Lack:
    """What one proposal lacks, as its makers are told; `field` is where to mend it."""

    name: str
    sentence: LazyText
    field: str


def _filled(*columns: str) -> Callable[[Subject], bool]:
    """Return what tells whether each of the columns says something."""

    def is_met(subject: Subject) -> bool:
        values = [getattr(subject.activity, column) for column in columns]
        return all(value is not None and value not in ("", []) for value in values)

    return is_met


def _has_levels(subject: Subject) -> bool:
    return subject.activity.audience != "schools" or bool(subject.activity.school_levels)


def _has_a_time(subject: Subject) -> bool:
    return bool(subject.sessions or subject.unplaced or subject.activity.wishes)


#: All that an edition can ask for; a title is always there.
REQUIREMENTS = (
    Requirement(
        "organisation",
        _("Structure"),
        _("Dites quelle structure le propose."),
        "organisation_id",
        _filled("organisation_id"),
    ),
    Requirement(
        "contact",
        _("Contact"),
        _("Donnez un nom et une adresse électronique à qui écrire."),
        "contact_name",
        _filled("contact_name", "contact_email"),
    ),
    Requirement(
        "telephone",
        _("Téléphone du contact"),
        _("Donnez un numéro de téléphone."),
        "contact_telephone",
        _filled("contact_telephone"),
    ),
    Requirement(
        "description",
        _("Description"),
        _("Décrivez l’animation."),
        "description_fr",
        _filled("description_fr"),
    ),
    Requirement(
        "english",
        _("Titre et description en anglais"),
        _("Traduisez le titre et la description en anglais."),
        "title_en",
        _filled("title_en", "description_en"),
    ),
    Requirement(
        "theme", _("Thématique"), _("Choisissez une thématique."), "theme", _filled("theme")
    ),
    Requirement(
        "format",
        _("Type d’animation"),
        _("Choisissez un type d’animation."),
        "format",
        _filled("format"),
    ),
    Requirement("age", _("Âge minimum"), _("Dites dès quel âge."), "age_min", _filled("age_min")),
    Requirement(
        "school_levels",
        _("Niveaux scolaires (animations pour les classes)"),
        _("Cochez les niveaux scolaires."),
        "school_levels",
        _has_levels,
    ),
    Requirement(
        "presenters",
        _("Intervenants"),
        _("Nommez au moins une personne qui interviendra."),
        "presenters",
        _filled("presenters"),
    ),
    Requirement(
        "duration",
        _("Durée"),
        _("Indiquez une durée."),
        "duration_minutes",
        _filled("duration_minutes"),
    ),
    Requirement(
        "languages",
        _("Langues"),
        _("Cochez les langues parlées."),
        "languages",
        _filled("languages"),
    ),
    Requirement(
        "accessibility",
        _("Accessibilité"),
        _("Dites à qui l’animation est accessible."),
        "accessibility",
        _filled("accessibility"),
    ),
    Requirement(
        "price_note",
        _("Tarif"),
        _("Dites si c’est gratuit."),
        "price_note_fr",
        _filled("price_note_fr"),
    ),
    Requirement(
        "conditions",
        _("Conditions"),
        _("Précisez les conditions de participation."),
        "conditions_fr",
        _filled("conditions_fr"),
    ),
    Requirement(
        "image",
        _("Image décrite"),
        _("Ajoutez une image, avec son texte de remplacement."),
        "image",
        _filled("image_id", "image_alt_fr"),
    ),
    Requirement(
        "image_credit",
        _("Crédit de l’image"),
        _("Dites de qui est l’image."),
        "image_credit",
        _filled("image_credit"),
    ),
    Requirement(
        "wishes",
        _("Souhaits de dates et de lieux, ou séances"),
        _("Dites quand et où vous souhaitez venir, ou ajoutez une séance."),
        "wishes",
        _has_a_time,
    ),
    Requirement(
        "sessions",
        _("Au moins une séance placée"),
        _("Donnez une date, une heure et un lieu à une séance."),
        "sessions",
        lambda subject: subject.sessions > 0,
    ),
)
BY_NAME = {requirement.name: requirement for requirement in REQUIREMENTS}

#: The texts that are counted, with the columns they are in, and how long the national site's forms
#: let them be (those of OpenAgenda, which it is built on).
TEXTS: dict[str, tuple[LazyText, tuple[str, ...], int]] = {
    "title": (_("Titre"), ("title_fr", "title_en"), 140),
    "description": (_("Description"), ("description_fr", "description_en"), 10_000),
    "price_note": (_("Tarif"), ("price_note_fr", "price_note_en"), 255),
    "conditions": (_("Conditions"), ("conditions_fr", "conditions_en"), 255),
}

#: What is asked where an edition has not said anything.
USUAL: Mapping[Stage, tuple[str, ...]] = {
    "proposal": ("organisation", "contact", "description"),
    "label": ("organisation", "contact", "description", "theme", "format", "wishes"),
    "publication": (),
}
USUAL_REMINDERS = (14, 7, 1)


@dataclass(frozen=True)
class Rules:
    """What an edition asks for, and until when; days are local, the last ones included."""

    asked: Mapping[Stage, tuple[str, ...]] = field(default_factory=lambda: USUAL)
    lengths: Mapping[str, int] = field(
        default_factory=lambda: {name: text[2] for name, text in TEXTS.items()}
    )
    due: Mapping[Stage, date | None] = field(default_factory=dict)
    takes_proposals: bool = False
    reminder_days: tuple[int, ...] = USUAL_REMINDERS

    def longest(self, column: str) -> int | None:
        """Return how many characters a column's text may have, if that is limited."""
        for name, (_label, columns, _longest) in TEXTS.items():
            if column in columns:
                return self.lengths.get(name)
        return None


def rules_of(row: EditionRules | None) -> Rules:
    """Return the rules of an edition as they are kept; the usual ones where nothing is."""
    if row is None:
        return Rules()
    asked: dict[Stage, tuple[str, ...]] = {
        stage: tuple(name for name in row.requirements.get(stage, USUAL[stage]) if name in BY_NAME)
        for stage in STAGES
    }
    usual = Rules().lengths
    return Rules(
        asked,
        {name: int(row.lengths.get(name) or usual[name]) for name in TEXTS},
        {
            "proposal": row.proposals_due_on,
            "label": row.label_due_on,
            "publication": row.publication_due_on,
        },
        row.takes_proposals,
        tuple(sorted((int(days) for days in row.reminder_days), reverse=True)),
    )


def missing(subject: Subject, rules: Rules, stage: Stage) -> tuple[Lack, ...]:
    """Return what an activity lacks for a stage, in the order of its page.

    A text that is too long is a lack, too, where texts are measured.
    """
    asked = set(rules.asked.get(stage, ()))
    found = [
        Lack(one.name, one.sentence, one.field)
        for one in REQUIREMENTS
        if one.name in asked and not one.is_met(subject)
    ]
    return (*(_too_long(subject.activity, rules) if stage in MEASURED else ()), *found)


def _too_long(activity: Any, rules: Rules) -> list[Lack]:
    lacks = []
    for name, (label, columns, _longest) in TEXTS.items():
        for column in columns:
            over = count_letters(getattr(activity, column) or "") - rules.lengths.get(name, 10**9)
            if over > 0:
                sentence = lazy_ngettext(
                    "%(text)s : %(n)s caractère de trop.",
                    "%(text)s : %(n)s caractères de trop.",
                    over,
                    text=label,
                )
                lacks.append(Lack(name, sentence, column))
    return lacks


def count_letters(text: str) -> int:
    """Return how many characters a text has, as forms count them: a line end is one."""
    return len(text.replace("\r\n", "\n").strip())


def concerned(activity: Any) -> tuple[Stage, ...]:
    """Return the stages that an activity is on its way to; none once it has ended."""
    if activity.state in ("declined", "withdrawn"):
        return ()
    own: tuple[Stage, ...] = ("publication",) if activity.state == "accepted" else ("proposal",)
    label: tuple[Stage, ...] = ("label",) if activity.label_state == "requested" else ()
    return (*own, *label)
