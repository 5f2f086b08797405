"""Where the SMTP server is: `smtp://user:password@host:port` or `smtps://…`."""

import ssl
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True)
class SmtpAddress:
    """A server, how to greet it and who we are there."""

    host: str
    port: int
    implicit_tls: bool
    user: str | None
    password: str | None

    @classmethod
    def parse(cls, url: str) -> "SmtpAddress":
        """Read a URL; raises `ValueError` for one that names no server."""
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("an SMTP address looks like smtp://host:25 or smtps://host:465")
        return cls(
            host=parts.hostname,
            port=parts.port or _PORTS[parts.scheme],
            implicit_tls=parts.scheme == "smtps",
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
        )

    @property
    def is_local(self) -> bool:
        """Tell whether the server is this machine, where nobody listens in."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    def tls(self) -> ssl.SSLContext:
        """Return how TLS is spoken: verified wherever a password or `smtps` asks for it.

        Without either, encryption that nobody verified still beats none (RFC 7435).
        """
        context = ssl.create_default_context()
        if not (self.implicit_tls or self.user):
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context
