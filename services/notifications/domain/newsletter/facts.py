"""What the pages of the letter's mails say, put in order for their templates."""

import re
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from services.notifications.domain.identity import Identity
from services.notifications.domain.newsletter.choices import AUDIENCES
from services.notifications.domain.newsletter.letters import text_of
from services.notifications.domain.newsletter.periods import ZONE
from services.notifications.domain.palette import LIGHT
from services.notifications.domain.text_safety import one_line
from services.notifications.domain.wording import deadline, in_locale, when
from shared.i18n import current_locale, ngettext
from shared.i18n import gettext as _
from shared.markdown import to_html, to_text

#: Titles that the preview in a list of mails names.
_PREVIEWED = 3

_STYLES = {
    "p": ("ink", "margin: 0 0 16px; font-size: 17px; line-height: 26px; color: {ink};"),
    "h2": ("ink", "margin: 8px 0 10px; font-size: 21px; line-height: 1.3; color: {ink};"),
    "h3": ("ink", "margin: 8px 0 10px; font-size: 18px; line-height: 1.3; color: {ink};"),
    "h4": ("ink", "margin: 8px 0 10px; font-size: 17px; line-height: 1.3; color: {ink};"),
    "ul": ("ink", "margin: 0 0 16px; padding: 0 0 0 24px; color: {ink};"),
    "ol": ("ink", "margin: 0 0 16px; padding: 0 0 0 24px; color: {ink};"),
    "li": ("ink", "margin: 0 0 6px; font-size: 17px; line-height: 26px; color: {ink};"),
    "blockquote": ("ink", "margin: 0 0 16px; padding: 0 0 0 14px; border-left: 4px solid {brand};"),
    "a": ("link", "color: {link};"),
}
_HEADING = re.compile(r"(</?h)([345])>")
_TAG = re.compile(rf"<({'|'.join(_STYLES)})(?=[ >])")


def asked_facts(content: Mapping[str, Any], identity: Identity) -> dict[str, Any]:
    """Return the variables of `subscription_asked`, `.html` and `.txt`."""
    wanted, token = content["wanted"], content["link"]
    is_follow = wanted["kind"] == "follow"
    title = in_locale(wanted["activity_title"]) if is_follow else ""
    lead = (
        _(
            "vous voulez être prévenu·e des nouvelles dates et des places libres de « %(title)s ».",
            title=title,
        )
        if is_follow
        else _("vous voulez recevoir la lettre du programme chaque semaine.")
        if wanted["frequency"] == "weekly"
        else _("vous voulez recevoir la lettre du programme chaque mois.")
    )
    return {
        "heading": _("Confirmez votre demande") if is_follow else _("Confirmez votre abonnement"),
        "lead": _("Bonjour,") + " " + lead + " " + _("Il reste à confirmer."),
        "link": f"{identity.public_url}/newsletter/confirm/{token}" if token else None,
        "until": deadline(content["vanishes_at"], ZONE),
        "sender": "Parvis",
    }


def letter_facts(content: Mapping[str, Any], identity: Identity) -> dict[str, Any]:
    """Return the variables of `newsletter.html` and `.txt`."""
    campaign, locale = content["campaign"], current_locale()
    new, changed, free = (
        [_item(one, identity) for one in content[kind]] for kind in ("new", "changed", "free")
    )
    body = text_of(campaign["texts"], "body", locale) if campaign else ""
    titles = [one["title"] for one in (*new, *changed, *free)]
    return _common(content, identity) | {
        "heading": text_of(campaign["texts"], "subject", locale)
        if campaign
        else _("Du nouveau au programme"),
        "lead": "" if campaign else _lead(content),
        "preview": ", ".join(titles[:_PREVIEWED]) if not campaign else to_text(body)[:140],
        "body_html": styled(to_html(body), identity.public_url),
        "body_text": to_text(body),
        "online_url": f"{identity.public_url}/newsletter/archive/{campaign['id']}"
        if campaign
        else None,
        "sections": [
            (heading, items)
            for heading, items in (
                (_("Nouveau au programme"), new),
                (_("Ce qui change"), changed),
                (_("Encore des places"), free),
            )
            if items
        ],
        "more": content["more"],
        "programme_url": f"{identity.public_url}/",
    }


def followed_facts(content: Mapping[str, Any], identity: Identity) -> dict[str, Any]:
    """Return the variables of `activity_followed`, `.html` and `.txt`."""
    items = [_item(one, identity) for one in content["dates"]]
    only_seats = all(one["label"] == "freed" for one in content["dates"])
    title = in_locale(content["title"])
    lead = (
        _("des places se sont libérées pour « %(title)s », que vous suivez.", title=title)
        if only_seats
        else ngettext(
            "une nouvelle date est au programme pour « %(title)s », que vous suivez.",
            "de nouvelles dates sont au programme pour « %(title)s », que vous suivez.",
            len(items),
            title=title,
        )
    )
    return _common(content, identity) | {
        "heading": title,
        "lead": _("Bonjour,") + " " + lead,
        "preview": ", ".join(one["when"] for one in items[:_PREVIEWED]),
        "items": items,
        "activity_url": f"{identity.public_url}/activities/{content['activity_id']}",
    }


def raised(html: Markup) -> Markup:
    """Return HTML of `shared.markdown` whose headings begin at `h2`, right under a page's own."""
    level = _HEADING.sub(lambda tag: f"{tag[1]}{int(tag[2]) - 1}>", str(html))
    return Markup(level)  # noqa: S704 - cleaned, and only the levels are others


def styled(html: Markup, public_url: str) -> Markup:
    """Return HTML of `shared.markdown` as mails need it: styles on the tags, whole addresses."""
    colours = {name: LIGHT[name] for name in ("ink", "brand", "link")}

    def dress(tag: re.Match[str]) -> str:
        name, style = _STYLES[tag[1]]
        return f'<{tag[1]} class="{name}" style="{style.format(**colours)}"'

    whole = str(raised(html)).replace('href="/', f'href="{public_url}/')
    return Markup(_TAG.sub(dress, whole))  # noqa: S704 - cleaned, and what is added is ours


def _common(content: Mapping[str, Any], identity: Identity) -> dict[str, Any]:
    token = content["token"]
    newsletter = f"{identity.public_url}/newsletter"
    return {
        "sender": one_line(content["sender"] or "Parvis", longest=80),
        "contact": content["contact"],
        "preferences_url": f"{newsletter}/preferences/{token}" if token else newsletter,
        "unsubscribe_url": unsubscribe_url(content, identity) or newsletter,
    }


def unsubscribe_url(content: Mapping[str, Any], identity: Identity) -> str | None:
    """Return the address that ends what a mail belongs to; a test belongs to nothing."""
    token = content.get("token")
    return f"{identity.public_url}/newsletter/unsubscribe/{token}" if token else None


def _item(facts: Mapping[str, Any], identity: Identity) -> dict[str, Any]:
    several = facts["others"] > 0
    path = f"activities/{facts['activity_id']}" if several else f"sessions/{facts['session_id']}"
    label, tone = _label(facts)
    seats = facts["seats_left"]
    return {
        "title": in_locale(facts["title"]),
        "url": f"{identity.public_url}/{path}",
        "when": when(facts["when"]),
        "others": ngettext("et %(n)s autre date", "et %(n)s autres dates", facts["others"])
        if several
        else "",
        "place": facts["place"],
        "audience": str(AUDIENCES.get(facts["audience"], facts["audience"])),
        "label": label,
        "tone": tone,
        "is_off": facts["label"] == "cancelled",
        "seats": ngettext("%(n)s place", "%(n)s places", seats)
        if seats and facts["label"] in ("free", "freed")
        else "",
    }


def _label(facts: Mapping[str, Any]) -> tuple[str, str]:
    """Return what is said over a title, and its colour in the mail; nothing over what is plain."""
    words = {
        "new_date": (ngettext("Nouvelle date", "Nouvelles dates", facts["others"] + 1), "warn"),
        "time": (_("Nouvel horaire"), "warn"),
        "place": (_("Nouveau lieu"), "warn"),
        "time_and_place": (_("Nouvel horaire, nouveau lieu"), "warn"),
        "cancelled": (_("Séance annulée"), "bad"),
        "reinstated": (_("Séance rétablie"), "warn"),
        "freed": (_("De nouveau des places"), "warn"),
    }
    return words.get(facts["label"], ("", "quiet"))


def _lead(content: Mapping[str, Any]) -> str:
    """Return the sentence under the heading of a letter that nobody wrote anything for."""
    parts = []
    if content["new"]:
        parts.append(ngettext("%(n)s nouveauté", "%(n)s nouveautés", len(content["new"])))
    if content["changed"]:
        parts.append(ngettext("%(n)s changement", "%(n)s changements", len(content["changed"])))
    listed = _(" et ").join(parts)
    if content["frequency"] == "monthly":
        return _(
            "Bonjour, voici ce qui s’est passé depuis votre dernière lettre : %(what)s.",
            what=listed,
        )
    return _("Bonjour, voici les nouvelles de la semaine : %(what)s.", what=listed)
