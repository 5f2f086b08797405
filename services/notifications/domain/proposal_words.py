"""What each step of a proposal is called in its mail: to those who propose, and to coordinators."""

from collections.abc import Mapping
from typing import Any

from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _

#: What a step does to the proposal, said to those who propose it: subject, then first sentence.
TO_PROPOSERS: Mapping[str, tuple[LazyText, LazyText]] = {
    "submit": (
        _("Projet bien reçu : %(title)s"),
        _("Votre projet est arrivé. La coordination le lit et vous répond ici."),
    ),
    "accept": (
        _("Projet validé : %(title)s"),
        _("Votre projet est validé : il fait partie du programme."),
    ),
    "ask_changes": (
        _("Projet à compléter : %(title)s"),
        _("La coordination a lu votre projet et vous demande de le compléter."),
    ),
    "decline": (
        _("Projet non retenu : %(title)s"),
        _("La coordination n’a pas retenu ce projet pour cette édition."),
    ),
    "reconsider": (
        _("Projet de nouveau à l’étude : %(title)s"),
        _("La coordination étudie de nouveau votre projet."),
    ),
    "withdraw": (_("Projet retiré : %(title)s"), _("Ce projet est retiré.")),
    "resume": (_("Projet repris : %(title)s"), _("Ce projet est repris : il n’est plus retiré.")),
    "request_label": (
        _("Label demandé : %(title)s"),
        _("Le label est demandé pour ce projet. La coordination vous répond ici."),
    ),
    "grant_label": (
        _("Label accordé : %(title)s"),
        _("Ce projet a le label. Il reste à le recopier sur le site national."),
    ),
    "refuse_label": (_("Label non accordé : %(title)s"), _("Ce projet n’a pas le label.")),
    "drop_label": (
        _("Demande de label retirée : %(title)s"),
        _("Le label n’est plus demandé pour ce projet."),
    ),
    "comment": (
        _("Nouveau message : %(title)s"),
        _("Un message vous attend sur la page de votre projet."),
    ),
}

#: The same, said to the coordination, of what those who propose did.
TO_COORDINATION: Mapping[str, tuple[LazyText, LazyText]] = {
    "submit": (
        _("Nouveau projet : %(title)s"),
        _("Ce projet vient d’être envoyé. À vous de le valider, ou d’en demander plus."),
    ),
    "withdraw": (_("Projet retiré : %(title)s"), _("La structure retire ce projet.")),
    "resume": (_("Projet repris : %(title)s"), _("La structure reprend ce projet.")),
    "request_label": (
        _("Label demandé : %(title)s"),
        _("La structure demande le label pour ce projet."),
    ),
    "drop_label": (
        _("Demande de label retirée : %(title)s"),
        _("La structure ne demande plus le label pour ce projet."),
    ),
    "comment": (
        _("Nouveau message : %(title)s"),
        _("La structure a écrit un message sur la page de ce projet."),
    ),
}

#: What a deadline is for.
STAGES: Mapping[str, LazyText] = {
    "proposal": _("Pour proposer"),
    "label": _("Pour le label"),
    "publication": _("Pour être publié"),
}


def step_words(content: Mapping[str, Any]) -> tuple[LazyText, LazyText]:
    """Return a step's subject and first sentence, for the side that its recipient is on."""
    step = content["step"]
    if content["recipient"]["side"] == "coordination" and step in TO_COORDINATION:
        return TO_COORDINATION[step]
    return TO_PROPOSERS[step]
