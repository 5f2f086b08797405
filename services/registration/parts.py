"""What registration's views reach, beside what every service's do: the registrar."""

from flask import Flask, current_app

from services.registration.domain.registrar import Registrar

_NAME = "parvis.registrar"


def install_registrar(app: Flask, registrar: Registrar) -> None:
    """Keep the registrar with the application: one for each process."""
    app.extensions[_NAME] = registrar


def current_registrar() -> Registrar:
    """Return the registrar of the application that answers the current request."""
    registrar: Registrar = current_app.extensions[_NAME]
    return registrar
