"""Composing: from the facts of a mail to the octets that are sent.

The same row gives the same octets, whenever and however often it is composed: dates, ids and
boundaries come from the row. So a mail that is handed over twice is the same mail.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from services.notifications.domain.addresses import UnusableAddress, deliverable
from services.notifications.domain.calendar_files import add_calendars, calendars_for
from services.notifications.domain.envelopes import envelope, usable
from services.notifications.domain.identity import Identity
from services.notifications.domain.invitation_facts import invitation_facts
from services.notifications.domain.links import links_facts
from services.notifications.domain.messages import message_facts
from services.notifications.domain.newsletter.facts import (
    asked_facts,
    followed_facts,
    letter_facts,
)
from services.notifications.domain.newsletter.headers import add_list_headers
from services.notifications.domain.pages_of_mail import render_html, render_text
from services.notifications.domain.partner_facts import partner_facts
from services.notifications.domain.programme_facts import programme_facts
from services.notifications.domain.proposal_facts import proposal_facts
from services.notifications.domain.registration_facts import edition_of, facts_of
from services.notifications.domain.sign_in_facts import sign_in_facts
from services.notifications.domain.stop_facts import stop_facts
from services.notifications.domain.subjects import PACKAGE
from services.notifications.domain.templates import (
    FOLLOWED,
    INVITED,
    LINKS,
    MESSAGE,
    NEWSLETTER,
    NEWSLETTER_TEST,
    PROGRAMME_CHANGED,
    PROPOSALS,
    SESSIONS_RESCHEDULED,
    SIGN_IN,
    STOPS,
    SUBSCRIPTION_ASKED,
    WEBHOOK_DISABLED,
)
from services.notifications.domain.text_safety import one_line
from services.notifications.domain.webhook_facts import webhook_facts
from services.notifications.domain.wording import in_locale
from services.notifications.models import OutgoingMail
from shared.i18n import gettext as _
from shared.i18n import speaking, translator
from shared.observability import get_logger
from shared.ticket import qr_png

#: Pixels of one module of the QR code: about 300 pixels across, sharp on a telephone.
QR_SCALE = 6

_UNFIT_FOR_FILES = re.compile(r"[^A-Za-z0-9-]")

_log = get_logger(__name__)


@dataclass(frozen=True)
class Letter:
    """A mail ready for a transport; `name` is stable and fit for a file.

    `sender` is that of the envelope. With `envelope_id` the server is asked to tell what becomes of
    the mail, and to name it so.
    """

    name: str
    sender: str
    recipient: str
    data: bytes
    envelope_id: str | None = None


def letter_of(mail: OutgoingMail, identity: Identity) -> Letter:
    """Return the mail as it is handed to a transport.

    Raises `UnusableAddress` when nobody can be written to at its address.
    """
    recipient = deliverable(mail.recipient)
    data = compose(mail, identity).as_bytes()
    if identity.return_path is None:
        return Letter(mail.message_id, identity.address, recipient, data)
    sender = identity.return_path.address_of(mail.id)
    return Letter(mail.message_id, sender, recipient, data, envelope_id=mail.id.hex)


def compose(mail: OutgoingMail, identity: Identity) -> EmailMessage:
    """Return the whole mail, in its reader's language; raises `UnusableAddress`.

    Nothing is left of one that was erased.
    """
    if mail.erased_at is not None:
        raise UnusableAddress("erased")
    with speaking(translator(PACKAGE, mail.locale)):
        if mail.template == SIGN_IN:
            message = _sign_in(mail, identity)
        elif mail.template == INVITED:
            message = _invitation(mail, identity)
        elif mail.template in PROPOSALS:
            message = _proposal(mail, identity)
        elif mail.template in STOPS:
            message = _stop(mail, identity)
        elif mail.template == SESSIONS_RESCHEDULED:
            message = _partner(mail, identity)
        elif mail.template == LINKS:
            message = _links(mail, identity)
        elif mail.template == MESSAGE:
            message = _message(mail, identity)
        elif mail.template == WEBHOOK_DISABLED:
            message = _webhook(mail, identity)
        elif mail.template == SUBSCRIPTION_ASKED:
            message = _asked(mail, identity)
        elif mail.template in (NEWSLETTER, NEWSLETTER_TEST, FOLLOWED):
            message = _letter(mail, identity)
        else:
            message = _registration(mail, identity)
    message["Content-Language"] = mail.locale  # last: the parts would take a Content- header along
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_parvis_{mail.message_id}_{number}")
    return message


def _registration(mail: OutgoingMail, identity: Identity) -> EmailMessage:
    content = mail.content
    code = _UNFIT_FOR_FILES.sub("", content["registration"]["code"])
    name = one_line(in_locale(edition_of(content)["name"])) or "Parvis"
    contact = _contact(content)
    cid = f"ticket.{mail.message_id}@{identity.domain}"
    page, facts = _page_of(mail, identity)
    ticket = _image(mail) if facts["comes"] else None
    calendars = calendars_for(mail, (name, identity.address), manage_url=facts["manage_url"])
    facts["ticket_source"] = f"cid:{cid}" if ticket else None
    facts["calendars"] = len(calendars)
    message = envelope(mail, identity, name, reply_to=contact)
    _add_pages(message, page, facts)
    if ticket is not None:
        _html_part(message).add_related(
            ticket,
            "image",
            "png",
            cid=f"<{cid}>",
            disposition="inline",
            filename=_("billet-%(code)s.png", code=code),
        )
    add_calendars(message, calendars, code)
    return message


def _page_of(mail: OutgoingMail, identity: Identity) -> tuple[str, dict[str, Any]]:
    """Return the name of the mail's page and what stands in it."""
    if mail.template == PROGRAMME_CHANGED:
        return "programme_changed", programme_facts(mail.content, identity)
    return "registration", facts_of(mail.template, mail.content, identity)


def _image(mail: OutgoingMail) -> bytes | None:
    """Return the ticket's image; a ticket that has none is shown by its code."""
    try:
        return qr_png(mail.content["registration"]["ticket"], scale=QR_SCALE)
    except ValueError as error:
        _log.warning("ticket without image", mail=str(mail.id), reason=str(error))
        return None


def _sign_in(mail: OutgoingMail, identity: Identity) -> EmailMessage:
    message = envelope(mail, identity, "Parvis", reply_to=None)
    _add_pages(message, SIGN_IN, sign_in_facts(mail.content))
    return message


def _invitation(mail: OutgoingMail, identity: Identity) -> EmailMessage:
    reply_to = usable(mail.content["inviter_email"])
    message = envelope(mail, identity, "Parvis", reply_to=reply_to)
    _add_pages(message, INVITED, invitation_facts(mail.content, mail.recipient))
    return message


def _proposal(mail: OutgoingMail, identity: Identity) -> EmailMessage:
    name = one_line(in_locale(mail.content["edition"]["name"])) or "Parvis"
    contact = usable(mail.content["edition"]["contact_email"])
    message = envelope(mail, identity, name, reply_to=contact)
    _add_pages(message, mail.template, proposal_facts(mail.template, mail.content))
    return message


def _partner(mail: OutgoingMail, identity: Identity) -> EmailMessage:
    facts = partner_facts(mail.content, identity)
    facts["contact"] = contact = usable(facts["contact"])
    message = envelope(mail, identity, one_line(facts["sender"]) or "Parvis", reply_to=contact)
    _add_pages(message, SESSIONS_RESCHEDULED, facts)
    return message


def _stop(mail: OutgoingMail, identity: Identity) -> EmailMessage:
    facts = stop_facts(mail.template, mail.content)
    facts["contact"] = contact = usable(facts["contact"])
    message = envelope(mail, identity, one_line(facts["sender"]) or "Parvis", reply_to=contact)
    _add_pages(message, "stop", facts)
    return message


def _message(mail: OutgoingMail, identity: Identity) -> EmailMessage:
    facts = message_facts(mail.content, identity)
    asked = (mail.content["reply_to"], mail.content["edition"]["contact_email"])
    facts["contact"] = contact = next(filter(None, map(usable, asked)), None)
    message = envelope(mail, identity, one_line(facts["sender"]) or "Parvis", reply_to=contact)
    _add_pages(message, MESSAGE, facts)
    return message


def _links(mail: OutgoingMail, identity: Identity) -> EmailMessage:
    facts = links_facts(mail.content, identity)
    facts["contact"] = contact = usable(facts["contact"])
    message = envelope(mail, identity, one_line(facts["sender"]), reply_to=contact)
    _add_pages(message, LINKS, facts)
    return message


def _webhook(mail: OutgoingMail, identity: Identity) -> EmailMessage:
    message = envelope(mail, identity, "Parvis", reply_to=None)
    _add_pages(message, WEBHOOK_DISABLED, webhook_facts(mail.content))
    return message


def _asked(mail: OutgoingMail, identity: Identity) -> EmailMessage:
    facts = asked_facts(mail.content, identity)
    message = envelope(mail, identity, facts["sender"], reply_to=None)
    _add_pages(message, SUBSCRIPTION_ASKED, facts)
    return message


def _letter(mail: OutgoingMail, identity: Identity) -> EmailMessage:
    is_follow = mail.template == FOLLOWED
    facts = (followed_facts if is_follow else letter_facts)(mail.content, identity)
    facts["contact"] = contact = usable(facts["contact"])
    message = envelope(mail, identity, facts["sender"], reply_to=contact)
    add_list_headers(message, mail.content, identity, name="alerts" if is_follow else "newsletter")
    _add_pages(message, FOLLOWED if is_follow else NEWSLETTER, facts)
    return message


def _add_pages(message: EmailMessage, template: str, facts: dict[str, Any]) -> None:
    message.set_content(render_text(template, facts))
    message.add_alternative(render_html(template, facts), subtype="html")


def _html_part(message: EmailMessage) -> EmailMessage:
    part = message.get_body(("html",))
    if not isinstance(part, EmailMessage):
        raise TypeError("the mail has no HTML page")
    return part


def _contact(content: Mapping[str, Any]) -> str | None:
    """Return whom an answer reaches: the edition, else the organisation of the only session."""
    found = {
        session["organisation"]["email"]
        for session in content["sessions"].values()
        if session["organisation"]
    }
    organisation = found.pop() if len(found) == 1 else None
    found_first = (edition_of(content)["contact_email"], organisation)
    return next(filter(None, map(usable, found_first)), None)
