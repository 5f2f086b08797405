"""What registration's views reach, beside what every service's do: the registrar, the key ring."""

from flask import Flask, current_app

from services.registration.domain.key_ring import KeyRing
from services.registration.domain.registrar import Registrar

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
