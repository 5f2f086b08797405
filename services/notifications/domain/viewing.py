"""A mail as the console shows it: composed again from its facts, its one-time secrets left out."""

import base64
from dataclasses import dataclass
from email.message import EmailMessage

from services.notifications.domain.composing import compose
from services.notifications.domain.identity import Identity
from services.notifications.domain.sign_ins import without_secrets
from services.notifications.domain.templates import PASSING
from services.notifications.models import OutgoingMail


@dataclass(frozen=True)
class Attachment:
    """A part that a reader can save; `number` counts from 0."""

    number: int
    filename: str
    content_type: str
    body: bytes


@dataclass(frozen=True)
class ShownMail:
    """The parts of a mail, as a reader sees them."""

    headers: list[tuple[str, str]]
    text: str
    html: str
    attachments: list[Attachment]
    source: bytes


def shown(mail: OutgoingMail, identity: Identity) -> ShownMail:
    """Return what there is to see; raises `UnusableAddress` for a mail that cannot be composed.

    `html` carries its images itself, so that it is shown without asking anybody for anything.
    """
    if mail.template in PASSING:
        mail.content = without_secrets(mail.content)  # not written back: nothing is committed
    message = compose(mail, identity)
    return ShownMail(
        headers=[(name, str(value)) for name, value in message.items()],
        text=_page(message, "plain"),
        html=_with_images(_page(message, "html"), message),
        attachments=_attachments(message),
        source=message.as_bytes(),
    )


def _page(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if isinstance(part, EmailMessage) else ""


def _with_images(html: str, message: EmailMessage) -> str:
    for part in message.walk():
        cid = part["Content-ID"]
        if cid and part.get_content_maintype() == "image":
            data = base64.b64encode(_body(part)).decode()
            source = f"data:{part.get_content_type()};base64,{data}"
            html = html.replace(f"cid:{str(cid).strip('<>')}", source)
    return html


def _attachments(message: EmailMessage) -> list[Attachment]:
    parts = [part for part in message.walk() if part.get_filename()]
    return [
        Attachment(number, str(part.get_filename()), part.get_content_type(), _body(part))
        for number, part in enumerate(parts)
    ]


def _body(part: object) -> bytes:
    body = part.get_payload(decode=True) if isinstance(part, EmailMessage) else None
    return body if isinstance(body, bytes) else b""
