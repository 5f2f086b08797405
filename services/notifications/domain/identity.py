"""Who the mails come from, and where their links lead."""

from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import urlsplit

from services.notifications.domain.return_path import ReturnPath
from shared.settings import Settings


@dataclass(frozen=True)
class Identity:
    """The sender's address, the public address of the site, and where undelivered mail comes back.

    Without a return path that is the sender's address, where somebody reads it.
    """

    address: str
    public_url: str
    return_path: ReturnPath | None = None

    @classmethod
    def of(cls, settings: Settings) -> "Identity":
        """Return the identity that a service's settings give it."""
        address = parseaddr(settings.mail_from)[1] or settings.mail_from
        domain, key = settings.mail_return_path, settings.secret_key
        return cls(address, settings.public_url, ReturnPath(domain, key) if domain else None)

    @property
    def domain(self) -> str:
        """Return the right-hand side of Message-IDs: the sender's domain."""
        host = self.address.rpartition("@")[2] or urlsplit(self.public_url).hostname
        return (host or "localhost").lower()

    def manage_url(self, token: str) -> str:
        """Return the address where a registration is managed."""
        return f"{self.public_url}/registrations/{token}"
