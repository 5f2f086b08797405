"""The headers by which mail programs know a list, and offer to leave it by one click."""

from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any

from services.notifications.domain.headers import ReadyHeader
from services.notifications.domain.identity import Identity
from services.notifications.domain.newsletter.facts import unsubscribe_url


def add_list_headers(
    message: EmailMessage, content: Mapping[str, Any], identity: Identity, *, name: str
) -> None:
    """Say which list a mail belongs to (RFC 2919), and how to leave it (RFC 2369, RFC 8058).

    One click needs https (RFC 8058, section 3.1); elsewhere the link leads to a page. Precedence
    keeps old robots from answering (RFC 3834, section 3.1.8, beside `Auto-Submitted`).
    """
    _add(message, "List-Id", f"<{name}.{identity.domain}>")
    _add(message, "Precedence", "bulk")
    link = unsubscribe_url(content, identity)
    if link is None:
        return
    _add(message, "List-Unsubscribe", f"<{link}>")
    if link.startswith("https://"):
        _add(message, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click")


def _add(message: EmailMessage, name: str, value: str) -> None:
    # `email` would fold a long address into encoded words, and a signature covers the line.
    message[name] = ReadyHeader.of(name, value, value)
