"""What the pages of mails about proposals say."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.notifications.domain.proposal_words import STAGES, step_words
from services.notifications.domain.templates import PROPOSAL_MOVED
from services.notifications.domain.text_safety import one_line
from services.notifications.domain.wording import in_locale
from shared.i18n import format_day, ngettext
from shared.i18n import gettext as _


def proposal_facts(template: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables of `proposal_moved` or `proposals_reminded`, `.html` and `.txt`."""
    edition = content["edition"]
    shared = {"edition_name": in_locale(edition["name"]), "contact": edition["contact_email"]}
    if template == PROPOSAL_MOVED:
        return shared | _moved(content)
    return shared | _reminded(content)


def _moved(content: Mapping[str, Any]) -> dict[str, Any]:
    ours = content["recipient"]["side"] == content["side"]
    _subject, lead = step_words(content)
    return {
        "heading": in_locale(content["title"]),
        "lead": str(lead),
        "organisation": content["organisation"],
        "comment": _paragraphs(content["comment"]),
        "who": content["who"],
        "is_ours": ours,
        "is_over": content["state"] in ("declined", "withdrawn"),
        "is_labelled": content["step"] == "grant_label",
        "lacks": [in_locale(sentence) for sentence in content["lacks"]],
        "link": content["link"],
    }


def _reminded(content: Mapping[str, Any]) -> dict[str, Any]:
    proposals = [
        {
            "title": in_locale(one["title"]),
            "organisation": one["organisation"],
            "due": _(
                "%(stage)s, jusqu’au %(day)s inclus",
                stage=STAGES[one["stage"]],
                day=format_day(date.fromisoformat(str(one["due_on"]))),
            ),
            "lacks": [in_locale(sentence) for sentence in one["lacks"]],
            "link": one["link"],
        }
        for one in content["proposals"]
    ]
    first = min(date.fromisoformat(str(one["due_on"])) for one in content["proposals"])
    return {
        "heading": ngettext(
            "Votre projet attend encore quelque chose",
            "%(n)s de vos projets attendent encore quelque chose",
            len(proposals),
        ),
        "lead": _(
            "Première date limite : %(day)s. Tout s’enregistre à mesure que vous écrivez.",
            day=format_day(first),
        ),
        "proposals": proposals,
    }


def _paragraphs(text: str | None) -> list[list[str]]:
    """Return a comment as paragraphs of lines."""
    parts = (text or "").split("\n\n")
    return [
        [one_line(line, longest=2000) for line in part.splitlines() if line.strip()]
        for part in parts
        if part.strip()
    ]
