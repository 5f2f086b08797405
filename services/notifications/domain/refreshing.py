"""Refreshing: a mail says what fits when it leaves, where mails before it went another way.

A mail that was refused for now may leave after a newer one about the same registration. News of a
release is still news then, for the newer one shows the newest state and does not say what the
release changed. And the newer one may be the first that its reader gets: it confirms.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.domain.first_confirmations import as_first
from services.notifications.domain.history import mails_about
from services.notifications.domain.programme_changes import news, still_standing
from services.notifications.domain.sessions import known_sessions_of
from services.notifications.domain.subjects import PACKAGE, registration_subject
from services.notifications.domain.templates import CHANGED, CONFIRMED, PROGRAMME_CHANGED
from services.notifications.domain.text_safety import one_line
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


def confirm_if_first(db: Session, mail: OutgoingMail) -> None:
    """Make a mail that is about to leave a confirmation, when it is the first to confirm.

    That is seen only now: the confirmation before it was refused for now, and will be overtaken.
    """
    if mail.template != CHANGED:
        return
    db.flush()  # those before it in the same batch are on their way
    past = [one for one in mails_about(db, mail.about_id) if one.about_version < mail.about_version]
    content = as_first(mail.template, mail.content, past, mail.recipient)
    if content is not None:
        mail.content = content
        mail.subject = one_line(registration_subject(CONFIRMED, content, mail.locale))
