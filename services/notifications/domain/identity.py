"""Who the mails come from, and where their links lead."""

from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import urlsplit

from shared.settings import Settings


@dataclass(frozen=True)
class Identity:
    """The sender's address, the public address of the site, the domain of Message-IDs."""

    address: str
    public_url: str

    @classmethod
    def of(cls, settings: Settings) -> "Identity":
        """Return the identity that a service's settings give it."""
        return cls(parseaddr(settings.mail_from)[1] or settings.mail_from, settings.public_url)

    @property
    def domain(self) -> str:
        """Return the right-hand side of Message-IDs: the sender's domain."""
        host = self.address.rpartition("@")[2] or urlsplit(self.public_url).hostname
        return (host or "localhost").lower()

    def manage_url(self, token: str) -> str:
        """Return the address where a registration is managed."""
        return f"{self.public_url}/registrations/{token}"
