"""What registration's views reach, beside what every service's do: the registrar, the key ring."""

from dataclasses import replace

from flask import Flask, current_app

from services.registration.domain.key_ring import KeyRing
from services.registration.domain.registrar import Registrar
from services.registration.manage_queries import RegistrationPage

_NAME = "parvis.registrar"
_KEYS = "parvis.ticket_keys"


def install_registrar(app: Flask, registrar: Registrar) -> None:
    """Keep the registrar with the application: one for each process."""
    app.extensions[_NAME] = registrar


def current_registrar() -> Registrar:
    """Return the registrar of the application that answers the current request."""
    registrar: Registrar = current_app.extensions[_NAME]
    return registrar


def install_ticket_keys(app: Flask, keys: KeyRing) -> None:
    """Keep the keys of the tickets with the application: one ring for each process."""
    app.extensions[_KEYS] = keys


def current_ticket_keys() -> KeyRing:
    """Return what signs tickets in the application that answers the current request."""
    keys: KeyRing = current_app.extensions[_KEYS]
    return keys


def with_good_ticket(page: RegistrationPage) -> RegistrationPage:
    """Return what is shown of a registration, whose ticket may have been revoked just now."""
    return replace(page, ticket=current_ticket_keys().renewed(page.ticket, page.id))
