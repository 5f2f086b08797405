"""Transports: how a letter leaves, over SMTP or into a folder."""

from services.notifications.domain.transports.eml_folder import EmlFolder
from services.notifications.domain.transports.outcome import (
    Deferred,
    Failed,
    HandOver,
    Outcome,
    Sent,
    ServerUnavailable,
    Transport,
    Unknown,
)
from services.notifications.domain.transports.smtp import Smtp
from shared.settings import Settings

__all__ = [
    "MAIL_FOLDER",
    "Deferred",
    "EmlFolder",
    "Failed",
    "HandOver",
    "Outcome",
    "Sent",
    "ServerUnavailable",
    "Smtp",
    "Transport",
    "Unknown",
    "transport_for",
]

#: Where mails are kept as files, beside the data.
MAIL_FOLDER = "mail"


def transport_for(settings: Settings) -> Transport:
    """Return SMTP where a server is named, else the folder `mail` beside the data."""
    if settings.smtp_url:
        return Smtp(settings.smtp_url)
    return EmlFolder(settings.data / MAIL_FOLDER)
