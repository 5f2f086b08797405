"""What the page of a session's rules says: what is wrong, and why so many more seats."""

from collections.abc import Iterable, Mapping

from services.registration.domain.overbooking import FEWEST_SEATS, FEWEST_SESSIONS, Reasoning
from services.registration.domain.party import LARGEST_PARTY
from services.registration.domain.questions import LONGEST_LABEL, MOST_CHOICES, MOST_QUESTIONS
from services.registration.domain.rule_faults import (
    LEAST_AFTER,
    LEAST_ANSWER,
    LEAST_ASKS,
    MOST_ASKS,
    MOST_EXTRA,
    MOST_WHEELCHAIRS,
)
from services.registration.domain.spare_seats import LARGEST_ATTENDANCE
from shared.i18n import LazyText, format_number, ngettext
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l

KIND_LABELS: dict[str, LazyText] = {
    "text": _l("Réponse libre"),
    "choice": _l("Choix dans une liste"),
    "consent": _l("Accord à cocher"),
}

#: What is wrong, by code, where the field does not matter.
_SENTENCES: dict[str, LazyText] = {
    "not_count": _l("Écrivez un nombre, en chiffres."),
    "unknown_category": _l("Cette catégorie de personnes n’existe pas."),
    "not_day": _l("Choisissez un jour."),
    "crossed": _l("Le maximum est plus petit que le minimum."),
    "impossible": _l("Les minimums de chaque catégorie dépassent ce total."),
    "missing": _l("Ce champ est obligatoire."),
    "too_long": _l("Ce texte est trop long : %(n)s caractères au plus.", n=LONGEST_LABEL),
    "too_few": _l("Proposez au moins deux choix, un par ligne."),
    "too_many": _l("Proposez au plus %(n)s choix.", n=MOST_CHOICES),
    "duplicate": _l("Deux choix sont identiques."),
    "too_early": _l("C’est avant la fin de la séance : l’organisateur n’aurait plus les réponses."),
    "too_late": _l("Les réponses se gardent au plus un an après la séance."),
    "too_close": _l(
        "Laissez au moins %(n)s heures entre la fin du délai et le début de la séance.",
        n=LEAST_AFTER,
    ),
}

#: The ends of a limit, said of whom.
_ENDS: dict[str, LazyText] = {"least": _l("%(who)s : au moins"), "most": _l("%(who)s : au plus")}

#: The fields of a question that may be at fault.
_QUESTION_PARTS = ("label", "purpose", "forgotten_on", "choices")

#: Between what and what a number lies, by field.
_RANGES: dict[str, tuple[int, int]] = {
    "asks_hours": (LEAST_ASKS, MOST_ASKS),
    "answer_hours": (LEAST_ANSWER, MOST_ASKS),
    "overbooking_seats": (1, MOST_EXTRA),
    "wheelchair_places": (0, MOST_WHEELCHAIRS),
    "came": (0, LARGEST_ATTENDANCE),
    "least_party": (1, LARGEST_PARTY),
    "largest_party": (1, LARGEST_PARTY),
}


def fault_words(path: str, code: str) -> str:
    """Return what is wrong with a field of the rules, by its path in `rule_faults`."""
    if path == "questions":
        return _("Une séance pose au plus %(n)s questions.", n=MOST_QUESTIONS)
    if code != "out_of_range":
        return str(_SENTENCES[code])
    if path == "overbooking_risk":
        return _("Choisissez entre 0,1 et 25 %.")
    least, most = (format_number(number) for number in _RANGES.get(path, (0, LARGEST_PARTY)))
    if path == "came":
        return _("Écrivez un nombre, %(most)s au plus.", most=most)
    return _("Écrivez un nombre de %(least)s à %(most)s.", least=least, most=most)


def field_labels(people: Mapping[str, str], questions: Iterable[int]) -> dict[str, str]:
    """Return what the fields of the form are called, in the order of the page.

    `people` are the categories of people by their codes, `questions` the numbers of the questions;
    a question's fields are called by its number.
    """
    bounds = {f"{end}-{code}": (who, end) for code, who in people.items() for end in _ENDS}
    bounds |= {
        "least_party": (_("Le groupe entier"), "least"),
        "largest_party": (_("Le groupe entier"), "most"),
    }
    labels = {name: str(_ENDS[end]) % {"who": who} for name, (who, end) in bounds.items()}
    labels["wheelchair_places"] = _("Emplacements pour fauteuils roulants")
    for number in questions:
        asked = _("Question %(n)s", n=number + 1)
        labels |= {f"q{number}-{part}": asked for part in _QUESTION_PARTS}
    return labels | {
        "asks_hours": _("Combien de temps avant"),
        "answer_hours": _("Délai pour répondre"),
        "overbooking_seats": _("Nombre choisi : places de plus"),
        "overbooking_risk": _("Absences passées : risque accepté, en %"),
    }


def reasoning_words(found: Reasoning) -> list[str]:
    """Return why a session has so many more seats than it holds, in sentences."""
    if not found.sessions:
        return [
            _("Personne n’a encore noté combien sont venus aux séances passées de ce genre."),
            _(
                "Il en faut %(sessions)s, de %(seats)s places en tout, pour apprendre.",
                sessions=FEWEST_SESSIONS,
                seats=FEWEST_SEATS,
            ),
        ]
    seen = ngettext(
        "Places restées vides : %(away)s sur %(expected)s, à la séance passée de ce genre.",
        "Places restées vides : %(away)s sur %(expected)s, aux %(n)s séances passées de ce genre.",
        found.sessions,
        away=found.away,
        expected=found.expected,
    )
    if not found.is_enough:
        more = _(
            "C’est trop peu pour en apprendre : il faut %(sessions)s séances, "
            "de %(seats)s places en tout.",
            sessions=FEWEST_SESSIONS,
            seats=FEWEST_SEATS,
        )
        return [seen, more]
    together = _("On compte que %(n)s personnes viennent ensemble, ou pas.", n=found.party)
    seen = f"{seen} {together}" if found.party > 1 else seen
    if not found.extra:
        return [seen, _("Avec une seule place de plus, le risque dépasserait déjà votre limite.")]
    return [
        seen,
        ngettext(
            "Avec %(n)s place de plus, le risque que quelqu’un reste debout est de %(risk)s.",
            "Avec %(n)s places de plus, le risque que quelqu’un reste debout est de %(risk)s.",
            found.extra,
            risk=percent(found.risk),
        ),
    ]


def percent(risk: float) -> str:
    """Return « 4 % », or that it is less than one."""
    if risk < 0.005:
        return _("moins de 1 %")
    return _("%(number)s %%", number=f"{risk * 100:.0f}")
