"""The return path: where mail servers send back what they cannot deliver, one address a mail.

It names the mail and is signed (a variable envelope return path): whatever comes to it is about
that mail, and nobody can make up that a mail came back.
"""

import hmac
import re
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

#: Hexadecimal digits of the signature: 80 bits, within the 64 characters of a local part.
_DIGITS = 20

_LOCAL = re.compile(rf"bounces\+([0-9a-f]{{32}})-([0-9a-f]{{{_DIGITS}}})")

#: Where complaints may be sent to by providers that want one address for all (RFC 5965).
_COMPLAINTS = "complaints"


@dataclass(frozen=True)
class ReturnPath:
    """The addresses of one domain, signed with the secret key of the installation."""

    domain: str
    secret_key: str

    def address_of(self, mail_id: UUID) -> str:
        """Return the address that a mail comes back to."""
        return f"bounces+{mail_id.hex}-{self._signature(mail_id)}@{self.domain}"

    def mail_of(self, address: str) -> UUID | None:
        """Return the mail that comes back to an address; None if we never gave this one."""
        local, _at, domain = address.strip().strip("<>").lower().rpartition("@")
        found = _LOCAL.fullmatch(local)
        if found is None or domain != self.domain.lower():
            return None
        mail_id = UUID(found[1])
        is_ours = hmac.compare_digest(found[2], self._signature(mail_id))
        return mail_id if is_ours else None

    def takes(self, address: str) -> bool:
        """Tell whether mail to the address is for us."""
        general = f"{_COMPLAINTS}@{self.domain}".lower()
        return self.mail_of(address) is not None or address.strip("<>").lower() == general

    def _signature(self, mail_id: UUID) -> str:
        key = sha256(b"parvis return path:" + self.secret_key.encode()).digest()
        return hmac.new(key, mail_id.bytes, sha256).hexdigest()[:_DIGITS]
