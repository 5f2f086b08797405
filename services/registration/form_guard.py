"""How often somebody may register: for each e-mail address and each network, without a captcha.

A library, a school, a whole town behind one provider share a network, so it may be used by
hundreds of families; and nobody is counted who was refused. A field that people do not see is
filled in by programs only; they are told the same as who comes too often, and nothing is stored.

Each process counts for itself, in memory. `limits`, which sign-in uses, looks through all its keys
a hundred times a second while it counts: too dear for a rush of twenty thousand families.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Any

from flask import Flask, current_app, request

from services.registration.domain.registering import Answer
from shared.clock import Clock
from shared.i18n import format_number, gettext, ngettext
from shared.web.asking import HONEYPOT
from shared.web.visitors import Allowance, address_of, network_of

#: Registrations, and the seconds over which as many are allowed again.
PER_EMAIL = (20, 3600)
PER_NETWORK = (300, 600)

#: Seconds that a program is told to wait which filled in the field that nobody sees.
_HONEYPOT_WAIT = 300.0

_EXTENSION = "parvis.registration.form_guard"


@dataclass(frozen=True)
class TooMany:
    """Somebody is not registered now, and may try again after so many seconds."""

    seconds: float

    @property
    def retry_after(self) -> str:
        """Return the value of the header `Retry-After` (RFC 9110, 10.2.3)."""
        return str(max(1, ceil(self.seconds)))

    @property
    def sentence(self) -> str:
        """Return what is said, in the reader's language."""
        told = gettext(
            "Beaucoup d’inscriptions sont arrivées de votre adresse ou de votre réseau : "
            "rien n’est perdu, mais celle-ci n’est pas encore enregistrée."
        )
        return f"{told} {self._when()}"

    @property
    def correction(self) -> str:
        """Return what is said to whoever corrects an address, in the reader's language."""
        return gettext(
            "Beaucoup de courriels sont déjà partis vers cette adresse ou depuis votre réseau : "
            "l’adresse n’est pas encore corrigée. Réessayez un peu plus tard."
        )

    def _when(self) -> str:
        if self.seconds <= 60:
            return gettext("Envoyez-la de nouveau dans une minute.")
        minutes = ceil(self.seconds / 60)
        return ngettext(
            "Envoyez-la de nouveau dans %(number)s minute.",
            "Envoyez-la de nouveau dans %(number)s minutes.",
            minutes,
            number=format_number(minutes),
        )


class FormGuard:
    """Counts the registrations of one process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._emails = Allowance(*PER_EMAIL)
        self._networks = Allowance(*PER_NETWORK)

    def too_many(self, environ: dict[str, Any], email: str) -> TooMany | None:
        """Count one more registration, or tell why not: then nothing is counted."""
        now = self._clock().timestamp()
        network = network_of(address_of(environ))
        address = email.lower()
        wait = self._emails.wait(address, now)
        if network is not None:
            wait = max(wait, self._networks.wait(network, now))
        if wait:
            return TooMany(wait)
        self._emails.count(address, now)
        if network is not None:
            self._networks.count(network, now)
        return None

    def give_back(self, environ: dict[str, Any], email: str) -> None:
        """Count one registration less: what `too_many` counted only repeated an earlier one."""
        self._emails.give_back(email.lower())
        network = network_of(address_of(environ))
        if network is not None:
            self._networks.give_back(network)


def register_within_limits(
    guard: FormGuard,
    environ: dict[str, Any],
    email: str,
    *,
    is_known: Callable[[], bool],
    register: Callable[[], Answer],
) -> Answer | TooMany:
    """Register a program's request, or tell that it comes too often.

    One that was answered already gets its answer again, however often it asks, and is not counted:
    `is_known` tells so, and is asked only of those who come too often.
    """
    many = guard.too_many(environ, email)
    if many is not None and not is_known():
        return many
    answer = register()
    if answer.is_replay and many is None:
        guard.give_back(environ, email)
    return answer


def install_form_guard(app: Flask, guard: FormGuard) -> None:
    """Keep the guard with the application: one for each process."""
    app.extensions[_EXTENSION] = guard


def check_form(email: str) -> TooMany | None:
    """Tell whether the form that was sent, valid as it is, may not be registered now.

    Call it once for each form, right before it is registered.
    """
    if request.form.get(HONEYPOT, "").strip():
        return TooMany(_HONEYPOT_WAIT)
    return check_address(email)


def current_form_guard() -> FormGuard:
    """Return the guard of this application."""
    guard: FormGuard = current_app.extensions[_EXTENSION]
    return guard


def check_address(email: str) -> TooMany | None:
    """Tell whether a registration for this address may not be made now, from where it comes.

    To correct an address counts as much: either sends a confirmation to whatever was typed.
    """
    return current_form_guard().too_many(request.environ, email)
