"""What registration's API says of a party that cannot be registered, or not as it wants."""

from typing import get_args

from services.registration.domain.questions import AnswerCode
from services.registration.domain.registering import REFUSED, Answer
from services.registration.schemas import MESSAGES
from shared.i18n import gettext as _
from shared.web.problems import Problem

#: What can be wrong with an answer to a session's question.
_ANSWER_CODES = get_args(AnswerCode)


def refused(answer: Answer) -> Problem:
    """Return what a request is told that the registrar refused, with the reasons by booking."""
    code = answer.body["code"]
    if answer.status != REFUSED:
        return Problem(answer.status, code, detail=str(MESSAGES[code]))
    return Problem(REFUSED, code, detail=explain(code), bookings=answer.body["bookings"])


def explain(code: str) -> str:
    """Return why a party cannot come, or not so, in the reader's language."""
    if code == "takes_no_seat":
        return _("Comptez aussi les personnes qui prennent une place.")
    if code in ("too_few", "too_many"):
        return _("Votre groupe est plus petit ou plus grand que cette séance ne le demande.")
    if code == "no_wheelchair_place":
        return _("Cette séance n’a pas autant de places pour les fauteuils roulants.")
    if code in ("too_many_wheelchairs", "unknown_category"):
        return str(MESSAGES[code])
    if code in _ANSWER_CODES:
        return _("Une question de cette séance n’a pas eu de réponse qui convient.")
    if code == "not_open_yet":
        return _("Les inscriptions à cette séance ne sont pas encore ouvertes.")
    if code == "too_large":
        return _("Votre groupe ne tient pas dans cette séance, même vide.")
    if code == "offer_expired":
        return _("Trop tard : le délai est passé, la proposition va à quelqu’un d’autre.")
    if code == "no_offer":
        return _("Aucune place ne vous est proposée ici en ce moment.")
    if code == "full":
        return _("Il ne reste pas assez de places.")
    if code == "cancelled":
        return _("Cette inscription est annulée et le reste.")
    return _("On ne peut pas, ou plus, s’inscrire ici à cette séance.")
