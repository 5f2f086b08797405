"""Why a basket is refused, in words, each reason at the field of the form that puts it right."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from services.registration.pages.basket import Entry
from services.registration.pages.basket_form import BasketForm
from services.registration.pages.booking_form import answer_sentence, limit_sentence
from services.registration.schemas import MESSAGES
from shared.i18n import gettext as _
from shared.i18n import ngettext


def refused(form: BasketForm, reasons: Sequence[Mapping[str, Any]]) -> BasketForm:
    """Return the form with what it was refused for, each reason at its field."""
    errors: dict[str, str] = {}
    by_id = {str(entry.session.id): entry for entry in form.basket.entries}
    for reason in reasons:
        entry = by_id.get(reason["session_id"])
        if entry is not None and entry.session.is_open:  # of those that closed it is told apart
            errors |= _reason(form, entry, reason)
    return form.with_errors(errors)


def _reason(form: BasketForm, entry: Entry, reason: Mapping[str, Any]) -> dict[str, str]:
    """Return the sentence of one reason for which the basket was refused, at its field."""
    code, left = reason["code"], reason["seats_left"] or 0
    if code == "full":
        return _full(form, entry, left)
    pointer = "/".join(reason["pointer"].split("/")[3:])
    if pointer.startswith("answers/"):
        return {form.field_of(entry, pointer): answer_sentence(code)}
    if code == "no_wheelchair_place":
        sentence = ngettext(
            "Cette séance a %(n)s place en tout pour un fauteuil roulant.",
            "Cette séance a %(n)s places en tout pour des fauteuils roulants.",
            reason["limit"],
        )
        return {form.field_of(entry, "wheelchairs"): form.of_session(entry, sentence)}
    sentences: dict[str, Callable[[], str]] = {
        "too_few": lambda: limit_sentence("too_few", None, reason["limit"], {}),
        "too_many": lambda: limit_sentence("too_many", None, reason["limit"], {}),
        "unknown_category": lambda: str(MESSAGES["unknown_category"]),
        "takes_no_seat": lambda: _("Comptez aussi les personnes qui prennent une place."),
        "too_large": lambda: _("Votre groupe ne tient pas dans cette séance, même vide."),
    }
    say = sentences.get(code, lambda: str(MESSAGES["unknown_choice"]))
    return {form.field_of(entry, pointer or "party"): form.of_session(entry, say())}


def _full(form: BasketForm, entry: Entry, left: int) -> dict[str, str]:
    if not form.basket.is_single:
        sentence = (
            ngettext(
                "Il n’y reste que %(n)s place. Cochez la liste d’attente, réduisez votre groupe "
                "pour cette séance, ou retirez-la.",
                "Il n’y reste que %(n)s places. Cochez la liste d’attente, réduisez votre groupe "
                "pour cette séance, ou retirez-la.",
                left,
            )
            if left
            else _("Cette séance est complète. Cochez la liste d’attente, ou retirez-la.")
        )
        return {entry.prefix + "if_full": sentence}
    if left:
        sentence = ngettext(
            "Il ne reste que %(n)s place : réduisez votre groupe, ou rejoignez la liste d’attente.",
            "Il ne reste que %(n)s places : réduisez votre groupe, "
            "ou rejoignez la liste d’attente.",
            left,
        )
    else:
        sentence = _(
            "La dernière place vient d’être prise. Vous pouvez rejoindre la liste d’attente."
        )
    return {"party": sentence}
