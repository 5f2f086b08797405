"""What a mail says to somebody who takes part in sessions that a release changed."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.notifications.domain.change_words import change_label, former_title, was_and_is
from services.notifications.domain.identity import Identity
from services.notifications.domain.partner_news import partner_news
from services.notifications.domain.programme_changes import aspects
from services.notifications.domain.text_safety import one_line
from services.notifications.domain.wording import in_locale, when
from shared.i18n import gettext as _
from shared.i18n import ngettext


def partner_facts(content: Mapping[str, Any], identity: Identity) -> dict[str, Any]:
    """Return the variables of `sessions_rescheduled.html` and `.txt`."""
    news = partner_news(content["sessions"])
    changes = [_change(one, identity) for one in news]
    lead = _hello(content) + " " + _lead(news, changes)
    return {
        "heading": _heading(changes),
        "lead": lead,
        "preview": _preview(changes) or lead,
        "changes": changes,
        "sender": in_locale(content["edition"]["name"]),
        "contact": content["edition"]["contact_email"],
        "programme_url": identity.public_url + "/",
    }


def _change(change: Mapping[str, Any], identity: Identity) -> dict[str, Any]:
    before, session = change["before"], change["after"]
    found = aspects(change, session)
    was, now = was_and_is(found, before, session)
    return {
        "session": session,
        "before": before,
        "former_title": former_title(before, session),
        "roles": _roles(change),
        "aspects": found,
        "label": change_label(found),
        "status": session["status"],
        "party": None,
        "was": was,
        "now": now,
        "page_url": f"{identity.public_url}/sessions/{change['session_id']}",
    }


def _roles(change: Mapping[str, Any]) -> str:
    """Say what the reader is to a session: « Vous intervenez · Votre matériel : Barnum »."""
    words = {
        "venue": _("Dans votre lieu"),
        "presenter": _("Vous intervenez"),
        "organisation": _("Animation de votre structure"),
        "resource": _("Votre matériel : %(what)s", what=one_line(", ".join(change["lent"]))),
    }
    return " · ".join(words[role] for role in words if role in change["roles"])


def _hello(content: Mapping[str, Any]) -> str:
    name = one_line(content["recipient"]["name"], longest=80)
    return _("Bonjour %(name)s,", name=name) if name else _("Bonjour,")


def _heading(changes: Sequence[Mapping[str, Any]]) -> str:
    if len(changes) != 1:
        return _("Le programme change")
    found = changes[0]["aspects"]
    if "cancelled" in found:
        return _("Une séance est annulée")
    if "reinstated" in found:
        return _("La séance a finalement lieu")
    if found == {"time"}:
        return _("Une séance change d’horaire")
    if found == {"place"}:
        return _("Une séance change de lieu")
    return _("Une séance change d’horaire et de lieu")


def _lead(news: Sequence[Mapping[str, Any]], changes: Sequence[Mapping[str, Any]]) -> str:
    """Say how many sessions changed or are off, and whose they are, in the reader's own words."""
    whose = _whose(news)
    if all("cancelled" in one["aspects"] for one in changes):
        told = ngettext(
            "une séance %(whose)s est annulée.",
            "%(n)s séances %(whose)s sont annulées.",
            len(changes),
            whose=whose,
        )
    else:
        told = ngettext(
            "une séance %(whose)s change. Voici ce qui était prévu et ce qui l’est maintenant.",
            "%(n)s séances %(whose)s changent. Voici ce qui était prévu et ce qui l’est "
            "maintenant.",
            len(changes),
            whose=whose,
        )
    return told + " " + _("Les personnes inscrites sont prévenues de leur côté.")


def _whose(news: Sequence[Mapping[str, Any]]) -> str:
    roles = {tuple(change["roles"]) for change in news}
    same = next(iter(roles)) if len(roles) == 1 else ()
    if same == ("venue",):
        return _("dans votre lieu")
    if same == ("presenter",):
        return _("où vous intervenez")
    if same == ("organisation",):
        return _("de votre structure")
    if same == ("resource",):
        return _("avec votre matériel")
    return ngettext("qui vous concerne", "qui vous concernent", len(news))


def _preview(changes: Sequence[Mapping[str, Any]]) -> str:
    """Return what a list of mails shows after the subject: the news itself, or the titles."""
    if len(changes) != 1:
        return ", ".join(in_locale(one["session"]["title"]) for one in changes[:3])
    [change] = changes
    if change["status"] == "cancelled":
        return _("N’aura pas lieu : %(session)s", session=when(change["before"]))
    return _("Maintenant : %(what)s", what=", ".join(change["now"]))
