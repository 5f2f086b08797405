"""What the console calls the states of a proposal, and the steps that it can take."""

from collections.abc import Mapping

from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _

STATE_LABELS: Mapping[str, LazyText] = {
    "idea": _("Ébauche"),
    "submitted": _("À l’étude"),
    "changes_asked": _("À compléter"),
    "accepted": _("Validé"),
    "declined": _("Non retenu"),
    "withdrawn": _("Retiré"),
}
STATE_TONES: Mapping[str, str] = {
    "idea": "draft",
    "submitted": "brand",
    "changes_asked": "warn",
    "accepted": "good",
    "declined": "bad",
    "withdrawn": "plain",
}

#: What a state means, said to those who propose, and to the coordination.
STATE_MEANINGS: Mapping[str, tuple[LazyText, LazyText]] = {
    "idea": (
        _("Vous seuls et la coordination le voyez. Envoyez-le quand il est prêt."),
        _("Il n’est pas encore envoyé : la structure y travaille."),
    ),
    "submitted": (
        _("La coordination l’étudie. Vous pouvez encore le modifier."),
        _("La structure l’a envoyé : il attend votre réponse."),
    ),
    "changes_asked": (
        _("La coordination vous demande de le compléter, puis de l’envoyer de nouveau."),
        _("La structure doit le compléter et l’envoyer de nouveau."),
    ),
    "accepted": (
        _("Il fait partie du programme. Ses séances paraîtront à la prochaine publication."),
        _("Il fait partie du programme : ses séances peuvent être publiées."),
    ),
    "declined": (
        _("La coordination ne l’a pas retenu pour cette édition."),
        _("Il n’est pas retenu : rien n’en sera publié."),
    ),
    "withdrawn": (
        _("Il est retiré : rien n’en sera publié."),
        _("Il est retiré : rien n’en sera publié."),
    ),
}
LABEL_LABELS: Mapping[str, LazyText] = {
    "none": _("Sans label"),
    "requested": _("Label demandé"),
    "granted": _("Labellisé"),
    "refused": _("Label non accordé"),
}
LABEL_TONES: Mapping[str, str] = {
    "none": "plain",
    "requested": "warn",
    "granted": "good",
    "refused": "bad",
}
STAGE_LABELS: Mapping[str, LazyText] = {
    "proposal": _("Pour proposer"),
    "label": _("Pour le label"),
    "publication": _("Pour être publié"),
}

#: What a step's button says.
STEP_BUTTONS: Mapping[str, LazyText] = {
    "submit": _("Envoyer à la coordination"),
    "accept": _("Valider"),
    "ask_changes": _("Demander des compléments"),
    "decline": _("Ne pas retenir"),
    "reconsider": _("Étudier de nouveau"),
    "withdraw": _("Retirer ce projet"),
    "resume": _("Reprendre ce projet"),
    "request_label": _("Demander le label"),
    "grant_label": _("Accorder le label"),
    "refuse_label": _("Refuser le label"),
    "drop_label": _("Ne plus demander le label"),
    "comment": _("Envoyer ce message"),
}

#: The same step, in the conversation, after it was taken.
STEP_DONE: Mapping[str, LazyText] = {
    "created": _("a commencé ce projet"),
    "submit": _("a envoyé le projet"),
    "accept": _("a validé le projet"),
    "ask_changes": _("a demandé des compléments"),
    "decline": _("n’a pas retenu le projet"),
    "reconsider": _("étudie de nouveau le projet"),
    "withdraw": _("a retiré le projet"),
    "resume": _("a repris le projet"),
    "request_label": _("a demandé le label"),
    "grant_label": _("a accordé le label"),
    "refuse_label": _("a refusé le label"),
    "drop_label": _("a retiré la demande de label"),
    "comment": _("a écrit"),
}

#: The step that is offered first, from each state, to each side.
FIRST_STEP: Mapping[tuple[str, str], str] = {
    ("idea", "organisation"): "submit",
    ("changes_asked", "organisation"): "submit",
    ("withdrawn", "organisation"): "resume",
    ("idea", "coordination"): "accept",
    ("submitted", "coordination"): "accept",
    ("changes_asked", "coordination"): "accept",
    ("declined", "coordination"): "reconsider",
    ("withdrawn", "coordination"): "resume",
}

#: Steps that end something: shown last, and quietly.
QUIET_STEPS = ("withdraw", "decline", "drop_label", "refuse_label")
