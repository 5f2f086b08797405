"""The address of a webhook: what may be registered, and what of it a connection needs."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

#: The longest address that is taken, in characters.
LONGEST = 1000

#: The port of HTTPS, and the first of those that any program may listen on.
HTTPS, FIRST_FREE_PORT = 443, 1024

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")

#: Names that lead nowhere but to a machine or a network of one's own (RFC 6761, 6762, 8375, 9476).
_PRIVATE_NAMES = ("localhost", "local", "internal", "intranet", "home.arpa", "lan", "alt", "onion")

#: What a path or a query may hold besides letters and figures (RFC 3986); the rest is encoded.
_KEPT = "/%:@!$&'()*+,;=-._~?"


class UnusableTarget(ValueError):
    """The address cannot be a webhook's; `reason` says why, by a word that pages put in words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Target:
    """Where to connect to, and what to ask there; `host` is in ASCII."""

    host: str
    port: int
    path: str

    @property
    def url(self) -> str:
        """Return the address in the form in which it is kept."""
        port = "" if self.port == HTTPS else f":{self.port}"
        return f"https://{self.host}{port}{self.path}"


def read_target(url: str, *, allow_private: bool = False) -> Target:
    """Read an address; raises `UnusableTarget`.

    HTTPS alone, on its own port or one above 1023: what listens below speaks other protocols.
    A name, not a number: what it stands for is looked up and checked each time (see `posting`).
    `allow_private` lets names of one's own machine through, for development.
    """
    if len(url) > LONGEST:
        raise UnusableTarget("long")
    if any(letter.isspace() or not letter.isprintable() for letter in url) or "\\" in url:
        raise UnusableTarget("malformed")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UnusableTarget("malformed") from error
    if parts.scheme != "https":
        raise UnusableTarget("https")
    if "@" in parts.netloc:
        raise UnusableTarget("credentials")
    if port is not None and port != HTTPS and port < FIRST_FREE_PORT:
        raise UnusableTarget("port")
    return Target(_host(parts, allow_private), port or HTTPS, _path(parts))


def _host(parts: SplitResult, allow_private: bool) -> str:
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        raise UnusableTarget("number")
    try:
        host = host.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise UnusableTarget("malformed") from error
    labels = host.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels) or len(host) > 253:
        raise UnusableTarget("malformed")
    if _ends_in_a_number(labels[-1]):
        raise UnusableTarget("number")
    if allow_private:
        return host
    if len(labels) < 2 or any(host == one or host.endswith("." + one) for one in _PRIVATE_NAMES):
        raise UnusableTarget("private")
    return host


def _ends_in_a_number(label: str) -> bool:
    """Tell whether resolvers would read the host as a number: 127.1, 0x7f000001, 2130706433."""
    return label.isdigit() or bool(re.fullmatch(r"0x[0-9a-f]*", label))


def _path(parts: SplitResult) -> str:
    path = parts.path or "/"
    return quote(f"{path}?{parts.query}" if parts.query else path, safe=_KEPT)
