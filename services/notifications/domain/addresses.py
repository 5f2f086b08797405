"""Mail addresses: what can be written to, in the form that mail servers take."""

import re

#: The local part and the domain, as RFC 5321 section 4.1.2 writes them without quotes; letters
#: beyond ASCII are let through in the local part (RFC 6531) for servers that take them.
_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)


class UnusableAddress(ValueError):
    """The address cannot be written to; the text never repeats it."""


def deliverable(address: str) -> str:
    """Return the address with its domain in ASCII; raises `UnusableAddress`."""
    local, at, domain = address.strip().rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or len(local.encode()) > 64:
        raise UnusableAddress("the part before the @ is not one of a mail address")
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise UnusableAddress("the domain is not one") from error
    labels = ascii_domain.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels) or len(ascii_domain) > 253:
        raise UnusableAddress("the domain is not one")
    return f"{local}@{ascii_domain}"
