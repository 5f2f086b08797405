"""What notifications' processes cannot do without."""

from shared.settings import Settings

__all__ = ["NEEDS_WEB", "NEEDS_WORKER", "Settings"]

NEEDS_WEB = frozenset({"PUBLIC_URL", "SECRET_KEY"})
NEEDS_WORKER = frozenset({"AMQP_URL", "SMTP_URL", "PUBLIC_URL"})
