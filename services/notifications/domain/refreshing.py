"""Refreshing: news of a release that something newer has overtaken on its way is still news.

A mail that was refused for now may leave after a newer one about the same registration, which shows
the newest state and does not say what the release changed.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.domain.programme_changes import news, still_standing
from services.notifications.domain.sessions import known_sessions_of
from services.notifications.domain.subjects import PACKAGE, registration_subject
from services.notifications.domain.templates import PROGRAMME_CHANGED
from services.notifications.models import OutgoingMail
from shared.i18n import speaking, translator


def bring_up_to_date(db: Session, mail: OutgoingMail) -> bool:
    """Make an overtaken mail tell its changes against the newest state; False if none is news.

    Mails of other kinds, and those whose registration is cancelled or has another address by now,
    are left as they are, for nobody to send.
    """
    if mail.template != PROGRAMME_CHANGED:
        return False
    newest = db.scalars(
        sa.select(OutgoingMail)
        .where(OutgoingMail.about_id == mail.about_id, OutgoingMail.status != "withdrawn")
        .order_by(OutgoingMail.about_version.desc(), OutgoingMail.id.desc())
        .limit(1)
    ).one()
    registration = (newest.content or {}).get("registration")
    if registration is None or newest.recipient != mail.recipient:
        return False
    if registration["status"] == "cancelled":
        return False
    content = mail.content | {
        "registration": registration,
        "sessions": known_sessions_of(db, registration),
    }
    content["changes"] = still_standing(content)
    with speaking(translator(PACKAGE, mail.locale)):
        content["changes"] = news(content)
    if not content["changes"]:
        return False
    mail.content = content
    mail.subject = registration_subject(mail.template, content, mail.locale)
    return True
