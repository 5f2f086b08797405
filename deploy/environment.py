"""Where a command finds the services: in the environment, or in a data folder of its own."""

import os
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from deploy.routes import SERVICES
from deploy.secret_key import ensure_secret_key
from shared.settings import (
    Settings,
    SettingsError,
    read_admissions,
    read_allowed,
    read_mail_gathering,
    read_settings,
)

#: The data folder when neither `--data` nor `PARVIS_DATA` names one.
DEFAULT_DATA = Path(__file__).parents[1] / "data"

#: The address of the embedded mode until it was started elsewhere, and the file that says where.
DEFAULT_ADDRESS = "http://127.0.0.1:8000"
ADDRESS_FILE = "address"

#: The broker of the embedded mode.
MEMORY_BROKER = "memory://localhost/"


class DataFolderError(Exception):
    """The data folder cannot be used; the text says what to do."""


def is_distributed(environ: Mapping[str, str] = os.environ) -> bool:
    """Tell whether the environment names databases, as it does for separate processes."""
    return any(environ.get(f"{service.upper()}_DATABASE_URL") for service in SERVICES)


def data_folder(given: str | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the data folder: the option, else `PARVIS_DATA`, else `data` beside the sources."""
    return Path(given or environ.get("PARVIS_DATA") or DEFAULT_DATA).expanduser().resolve()


def embedded_settings(service: str, data: Path, public_url: str) -> Settings:
    """Return a service's settings for the embedded mode; its files are in `data`.

    Raises `SettingsError` when a setting that it takes from the environment is malformed.
    """
    problems: list[str] = []
    admissions = read_admissions(os.environ, problems)
    gathering = read_mail_gathering(os.environ, problems)
    if problems:
        raise SettingsError(problems)
    return Settings(
        service=service,
        database_url=f"sqlite:///{data / service}.sqlite3",
        amqp_url=MEMORY_BROKER,
        public_url=public_url,
        secret_key=ensure_secret_key(data / "keys" / "secret_key"),
        data=data,
        embedded=True,
        map_tiles=os.environ.get("MAP_TILES", "").strip() or None,
        map_attribution=os.environ.get("MAP_ATTRIBUTION", "").strip() or None,
        admissions_per_second=admissions,
        mail_gathering=gathering,
        webhooks_allow_private=read_allowed(os.environ),
        webhooks_ca=os.environ.get("WEBHOOKS_CA", "").strip() or None,
    )


def distributed_settings(
    services: tuple[str, ...], process: str, environ: Mapping[str, str] = os.environ
) -> list[Settings]:
    """Read the settings of each service for a kind of process: `web`, `worker` or `command`.

    Raises `SettingsError` with every problem of every service.
    """
    settings: list[Settings] = []
    problems: list[str] = []
    for service in services:
        needs = _needs(service, process)
        try:
            settings.append(read_settings(service, environ, needs=needs))
        except SettingsError as error:
            problems.extend(text for text in error.problems if text not in problems)
    if problems:
        raise SettingsError(problems)
    return settings


def settings_for(
    services: tuple[str, ...], data: str | None, environ: Mapping[str, str] = os.environ
) -> list[Settings]:
    """Return the settings that a command works with, whichever way Parvis runs here."""
    if data is None and is_distributed(environ):
        return distributed_settings(services, "command", environ)
    folder = prepare_data_folder(data_folder(data, environ))
    public_url = environ.get("PUBLIC_URL") or last_address(folder)
    return [embedded_settings(service, folder, public_url) for service in services]


def last_address(folder: Path) -> str:
    """Return the address that the embedded mode had the last time, for links in what it prints."""
    try:
        return (folder / ADDRESS_FILE).read_text().strip() or DEFAULT_ADDRESS
    except OSError:
        return DEFAULT_ADDRESS


def prepare_data_folder(folder: Path) -> Path:
    """Make the folder if it is missing and return it; raises `DataFolderError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("keys", "mail", "uploads"):
            (folder / name).mkdir(exist_ok=True)
        for private in (folder, folder / "keys"):
            private.chmod(0o700)  # mails and databases are other people's letters
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise DataFolderError(
            f"The data folder {folder} cannot be written ({error.strerror}): "
            "choose another with --data or PARVIS_DATA."
        ) from error
    return folder


def _needs(service: str, process: str) -> frozenset[str]:
    if process == "command":
        return frozenset()
    module = import_module(f"services.{service}.settings")
    needs: frozenset[str] = module.NEEDS_WEB if process == "web" else module.NEEDS_WORKER
    return needs
