"""Forms that send a mail to whatever address is typed, and answer the same for every address.

Nobody who asks learns whether an address is known: beyond what one address is written to, no mail
goes out and nothing else shows it; what programs fill in is answered and not heard. Only too many
requests from one network are refused, in words. Each process counts for itself, in memory.
"""

from collections.abc import Mapping
from typing import Any, Literal

from shared.web.visitors import Allowance, address_of, network_of

#: The field that people leave empty since they do not see it (`parts/honeypot.html`).
HONEYPOT = "homepage"

Verdict = Literal["heard", "unheard", "refused"]


class AskingGuard:
    """Counts what is asked for; limits are times, and the seconds over which as many come again."""

    def __init__(self, *, per_email: tuple[int, float], per_network: tuple[int, float]) -> None:
        self._emails = Allowance(*per_email)
        self._networks = Allowance(*per_network)

    def verdict(
        self, environ: dict[str, Any], form: Mapping[str, str], email: str, *, now: float
    ) -> Verdict:
        """Count one request, and tell what to do with it; `now` is in seconds.

        `unheard` is answered as `heard` is, and nothing is stored. `refused` is told at the field.
        """
        network = network_of(address_of(environ))
        if network is not None and not _may(self._networks, network, now):
            return "refused"
        if form.get(HONEYPOT, "").strip() or not _may(self._emails, email.lower(), now):
            return "unheard"
        return "heard"


def _may(allowance: Allowance, key: str, now: float) -> bool:
    """Tell whether the key may ask once more, and count it."""
    if allowance.wait(key, now):
        return False
    allowance.count(key, now)
    return True
