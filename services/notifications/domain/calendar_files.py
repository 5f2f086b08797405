"""Calendars in a mail: one that the mail program reads by itself, and each as a file to open.

See docs/decisions/mails-carry-one-invitation.md.
"""

from collections.abc import Sequence
from email.message import EmailMessage

from services.notifications.domain.addresses import deliverable
from services.notifications.domain.calendar_part import CalendarPart, calendars_of
from services.notifications.domain.templates import MOVE_PROPOSED
from services.notifications.domain.text_safety import one_line
from services.notifications.models import OutgoingMail
from shared.calendar import Person
from shared.i18n import gettext as _
from shared.observability import get_logger

_log = get_logger(__name__)


def calendars_for(mail: OutgoingMail, organizer: Person, *, manage_url: str) -> list[CalendarPart]:
    """Return the calendars of a mail about a registration, in the current language.

    What no calendar can carry does not keep the mail back, and what is only proposed in place of
    something changes nobody's calendar. Raises `UnusableAddress`.
    """
    if mail.template == MOVE_PROPOSED:
        return []
    address = deliverable(mail.recipient)
    name = one_line(str(mail.content["registration"]["name"]), longest=80)
    try:
        return calendars_of(
            mail.content,
            organizer=organizer,
            attendee=(name or address, address),
            manage_url=manage_url,
            changed_at=mail.queued_at,
        )
    except ValueError as error:
        _log.warning("mail without calendar", mail=str(mail.id), reason=str(error))
        return []


def add_calendars(message: EmailMessage, calendars: Sequence[CalendarPart], code: str) -> None:
    """Add the first calendar as another form of the mail's pages, and each as a file.

    `code` names the files. They are `application/ics`, as Google's are: of the type `text/calendar`
    there is one part, so that no program takes the same twice, or the wrong one.
    """
    if not calendars:
        return
    first = calendars[0]
    message.add_alternative(
        first.ics, "text", "calendar", params={"charset": "utf-8", "method": first.method}
    )
    for number, one in enumerate(calendars, start=1):
        named = code if len(calendars) == 1 else f"{code}-{number}"
        filename = _("inscription-%(code)s.ics", code=named)
        message.add_attachment(one.ics, "application", "ics", filename=filename)
