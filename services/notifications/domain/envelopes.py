"""Envelopes: the headers that every mail has."""

from collections.abc import Mapping
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from services.notifications.domain.addresses import UnusableAddress, deliverable
from services.notifications.domain.headers import mailbox_header, text_header
from services.notifications.domain.identity import Identity
from services.notifications.models import OutgoingMail

#: Lines end as SMTP wants them, and every octet is ASCII, so that no relay rewrites the mail. An
#: address with letters beyond ASCII alone needs its headers in UTF-8 (RFC 6532).
POLICY = SMTP.clone(cte_type="7bit")


def envelope(
    mail: OutgoingMail, identity: Identity, sender_name: str, *, reply_to: str | None
) -> EmailMessage:
    """Return the mail with its headers and no text yet: from whom, to whom, about what.

    The address that undelivered mail comes back to is none of them: see `letter_of`.
    Raises `UnusableAddress`.
    """
    recipient = deliverable(mail.recipient)
    message = EmailMessage(policy=POLICY if recipient.isascii() else POLICY.clone(utf8=True))
    message["Date"] = format_datetime(mail.queued_at)
    message["From"] = mailbox_header("From", sender_name, identity.address)
    message["To"] = mailbox_header("To", _name_of(mail.content), recipient)
    if reply_to:
        message["Reply-To"] = mailbox_header("Reply-To", "", reply_to)
    message["Subject"] = text_header("Subject", mail.subject)
    message["Message-ID"] = _identifier(mail.message_id, identity)
    references = [_identifier(name, identity) for name in mail.content.get("references", ())]
    if references:
        message["In-Reply-To"] = references[-1]
        message["References"] = " ".join(references)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    return message


def usable(address: str | None) -> str | None:
    """Return an address that an answer can be sent to; None for any other."""
    with suppress(UnusableAddress):
        if address and address.isascii():
            return deliverable(address)
    return None


def _name_of(content: Mapping[str, Any]) -> str:
    person = content.get("registration") or content.get("recipient")
    return str(person["name"]) if person else ""


def _identifier(name: str, identity: Identity) -> str:
    return f"<{name}@{identity.domain}>"
