"""What marshmallow says of a value, in the reader's language.

Marshmallow speaks English when it refuses a value, in sentences that are known beforehand. They are
recognised here, where the answer is made, rather than replaced field by field in every schema.
"""

import re
from collections.abc import Mapping
from typing import Any

from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _

#: For each sentence of marshmallow's (a `{word}` stands for any text), ours.
SENTENCES: dict[str, LazyText] = {
    "Missing data for required field.": _("Ce champ est obligatoire."),
    "Field may not be null.": _("Ce champ ne peut pas être vide."),
    "Unknown field.": _("Ce champ n’existe pas."),
    "Invalid value.": _("Cette valeur n’est pas valable."),
    "Invalid input.": _("Cette valeur n’est pas valable."),
    "Invalid type.": _("Un objet JSON est attendu ici."),
    "Invalid input type.": _("Un objet JSON est attendu ici."),
    "Not a valid list.": _("Une liste est attendue ici."),
    "Not a valid mapping type.": _("Un objet JSON est attendu ici."),
    "Not a valid string.": _("Un texte est attendu ici."),
    "Not a valid utf-8 string.": _("Un texte est attendu ici."),
    "Not a valid UUID.": _("Cet identifiant n’est pas valable."),
    "Not a valid number.": _("Un nombre est attendu ici."),
    "Number too large.": _("Ce nombre est trop grand."),
    "Not a valid integer.": _("Un nombre entier est attendu ici."),
    "Special numeric values (nan or infinity) are not permitted.": _("Un nombre est attendu ici."),
    "Not a valid boolean.": _("Vrai ou faux (true, false) est attendu ici."),
    "Not a valid datetime.": _("Écrivez un instant, comme 2026-10-03T10:00:00+02:00."),
    "Not a valid aware datetime.": _(
        "Écrivez un instant avec son décalage horaire, comme 2026-10-03T10:00:00+02:00."
    ),
    "Not a valid time.": _("Écrivez une heure, comme 10:00."),
    "Not a valid date.": _("Écrivez un jour, comme 2026-10-03."),
    "Not a valid URL.": _("Cette adresse web n’est pas complète ou contient une faute."),
    "Not a valid email address.": _(
        "Cette adresse électronique n’est pas complète ou contient une faute."
    ),
    "String does not match expected pattern.": _("Ce texte n’a pas la forme attendue."),
    "Must be one of: {choices}.": _("Choisissez l’une de ces valeurs : %(choices)s."),
    "Must be greater than or equal to {min}.": _("Le plus petit nombre permis est %(min)s."),
    "Must be less than or equal to {max}.": _("Le plus grand nombre permis est %(max)s."),
    "Must be greater than or equal to {min} and less than or equal to {max}.": _(
        "Un nombre de %(min)s à %(max)s est attendu ici."
    ),
    "Shorter than minimum length {min}.": _("C’est trop court : il faut au moins %(min)s."),
    "Longer than maximum length {max}.": _("C’est trop long : il faut au plus %(max)s."),
    "Length must be between {min} and {max}.": _(
        "La longueur permise va de %(min)s à %(max)s caractères."
    ),
}

# The longer come first: some begin as another does.
_PATTERNS = [
    (re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.*?)", re.escape(theirs)), re.DOTALL), ours)
    for theirs, ours in sorted(SENTENCES.items(), key=lambda pair: -len(pair[0]))
]


def in_our_words(errors: Any) -> Any:
    """Return the errors, nested in whatever way, with marshmallow's sentences in our words."""
    if isinstance(errors, Mapping):
        return {_printable(key): in_our_words(below) for key, below in errors.items()}
    if isinstance(errors, list | tuple):
        return [in_our_words(below) for below in errors]
    return _sentence(errors) if isinstance(errors, str) else errors and str(errors)


def _sentence(text: str) -> str:
    for pattern, ours in _PATTERNS:
        found = pattern.fullmatch(text)
        if found:
            return str(LazyText(ours.message, found.groupdict()))
    return text


def _printable(name: object) -> str:
    """Return the name of a field as it was sent, which may hold halves of characters."""
    return str(name).encode("utf-8", "replace").decode()
