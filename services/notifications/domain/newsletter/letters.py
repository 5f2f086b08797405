"""The facts of a letter: what its row keeps, and its mail is composed from."""

from collections.abc import Mapping
from typing import Any

from services.notifications.domain.newsletter.news import Item, News
from services.notifications.models import Campaign
from shared.site import Site


def letter_content(
    news: News, campaign: Campaign | None, site: Site, *, token: str | None, frequency: str
) -> dict[str, Any]:
    """Return the facts of one letter as JSON; `token` opens the preferences of its reader."""
    return {
        "token": token,
        "frequency": frequency,
        "sender": site.responsible,
        "contact": site.contact_email,
        "campaign": {"id": str(campaign.id), "texts": campaign.texts} if campaign else None,
        "new": [item_facts(item) for item in news.new],
        "changed": [item_facts(item) for item in news.changed],
        "free": [item_facts(item) for item in news.free],
        "more": news.more,
    }


def item_facts(item: Item) -> dict[str, Any]:
    """Return a line's facts as JSON; times as `wording.when` reads them."""
    session = item.session
    return {
        "session_id": str(session.session_id),
        "activity_id": str(session.activity_id),
        "title": session.title,
        "label": item.label,
        "others": item.others,
        "place": session.place,
        "audience": session.audience,
        "seats_left": session.seats_left if session.registration == "here" else None,
        "when": {
            "starts_at": session.starts_at.isoformat(),
            "ends_at": session.ends_at.isoformat(),
            "time_zone": session.time_zone,
            "kind": session.kind,
            "weekly_hours": [{"weekday": one} for one in session.weekdays],
        },
    }


def text_of(texts: Mapping[str, Any], name: str, locale: str) -> str:
    """Return a text of a campaign in a language, in French where there is no other."""
    return str(texts.get(f"{name}_{locale}") or texts.get(f"{name}_fr") or "")
