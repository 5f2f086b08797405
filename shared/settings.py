"""Settings: typed, read once at start, and every fault named at the same time."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

#: How long news of the programme wait for others, unless told otherwise.
MAIL_GATHERING = timedelta(minutes=5)

#: The shortest secret that cookies may be signed with, in characters.
SHORTEST_SECRET = 32


class SettingsError(Exception):
    """One or more settings are missing or malformed; `problems` has a sentence for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Settings:
    """What a service needs to know of where it runs.

    `data` is the folder of keys, mails (embedded mode) and uploads. `embedded` tells that every
    service shares one process and the in-memory broker. `map_tiles` is the address of a server of
    map tiles (`https://tiles.example.org/{z}/{x}/{y}.png`): without one, maps are drawn from what
    Parvis knows, and nobody's browser asks another site. `map_attribution` says whose tiles they
    are. `mail_return_path` is the domain of the addresses that undelivered mail comes back to, and
    `bounce_listen` the host and port on which the worker takes it in. `admissions_per_second` is
    how many new visitors each process of registration lets in before others have to queue; None
    leaves it to registration. News of the programme wait for `mail_gathering`, so that changes
    which follow one another are one mail. `webhooks_allow_private` lets webhooks reach this machine
    and its network, and `webhooks_ca` names a file of certificates to trust in place of the usual
    ones: both are for development.
    """

    service: str
    database_url: str
    amqp_url: str
    public_url: str
    secret_key: str
    data: Path
    smtp_url: str | None = None
    mail_from: str = "parvis@localhost"
    embedded: bool = False
    map_tiles: str | None = None
    map_attribution: str | None = None
    admissions_per_second: float | None = None
    mail_gathering: timedelta = MAIL_GATHERING
    webhooks_allow_private: bool = False
    webhooks_ca: str | None = None
    mail_return_path: str | None = None
    bounce_listen: tuple[str, int] | None = None

    @property
    def is_secure(self) -> bool:
        """Tell whether the public address is https, so that cookies can be `__Host-`."""
        return self.public_url.startswith("https://")


_DOMAIN = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9][a-z0-9-]{0,62})*")

_SCHEMES = {
    "DATABASE_URL": ("sqlite", "postgresql"),
    "AMQP_URL": ("amqp", "amqps", "memory"),
    "SMTP_URL": ("smtp", "smtps"),
    "PUBLIC_URL": ("http", "https"),
    "MAP_TILES": ("http", "https"),
}


def read_settings(
    service: str, environ: Mapping[str, str], *, needs: frozenset[str] = frozenset()
) -> Settings:
    """Read one service's settings from the environment.

    `needs` names the settings, beside the database, that the process cannot do without
    (`AMQP_URL`, `SMTP_URL`, `PUBLIC_URL`, `SECRET_KEY`). What is not set may be kept in a file that
    another setting, of that name and `_FILE`, names, as container secrets are. Raises
    `SettingsError` naming every missing or malformed one.
    """
    problems: list[str] = []

    def value(name: str, kind: str, *, required: bool) -> str | None:
        text = environ.get(name, "").strip() or _kept_in_file(name, environ, problems)
        if not text:
            if required and not any(problem.startswith(name) for problem in problems):
                problems.append(f"{name} is not set")
            return None
        schemes = _SCHEMES.get(kind)
        if schemes and urlsplit(text).scheme.partition("+")[0] not in schemes:
            problems.append(f"{name} must begin with {' or '.join(s + '://' for s in schemes)}")
        return text

    database_url = value(f"{service.upper()}_DATABASE_URL", "DATABASE_URL", required=True)
    amqp_url = value("AMQP_URL", "AMQP_URL", required="AMQP_URL" in needs)
    smtp_url = value("SMTP_URL", "SMTP_URL", required="SMTP_URL" in needs)
    public_url = value("PUBLIC_URL", "PUBLIC_URL", required="PUBLIC_URL" in needs)
    secret_key = value("SECRET_KEY", "SECRET_KEY", required="SECRET_KEY" in needs)
    map_tiles = value("MAP_TILES", "MAP_TILES", required=False)
    if map_tiles and not all(f"{{{name}}}" in map_tiles for name in "zxy"):
        problems.append("MAP_TILES must have {z}, {x} and {y} in it")
    admissions = read_admissions(environ, problems)
    gathering = read_mail_gathering(environ, problems)
    return_path = environ.get("MAIL_RETURN_PATH", "").strip().lower() or None
    if return_path and not _DOMAIN.fullmatch(return_path):
        problems.append("MAIL_RETURN_PATH must be a domain, such as bounces.example.org")
    if return_path and not secret_key:
        problems.append("SECRET_KEY is not set, which MAIL_RETURN_PATH needs")
    bounce_listen = _read_bounce_listen(environ, return_path, problems)
    if secret_key and len(secret_key) < SHORTEST_SECRET:
        problems.append(f"SECRET_KEY must have at least {SHORTEST_SECRET} characters")
    if problems:
        raise SettingsError(problems)
    return Settings(
        service=service,
        database_url=database_url or "",
        amqp_url=amqp_url or "",
        public_url=(public_url or "http://127.0.0.1:8000").rstrip("/"),
        secret_key=secret_key or "",
        data=Path(environ.get("PARVIS_DATA") or "data").expanduser(),
        smtp_url=smtp_url,
        mail_from=environ.get("MAIL_FROM") or "parvis@localhost",
        map_tiles=map_tiles,
        map_attribution=environ.get("MAP_ATTRIBUTION", "").strip() or None,
        admissions_per_second=admissions,
        mail_gathering=gathering,
        webhooks_allow_private=read_allowed(environ),
        webhooks_ca=environ.get("WEBHOOKS_CA", "").strip() or None,
        mail_return_path=return_path,
        bounce_listen=bounce_listen,
    )


def read_allowed(environ: Mapping[str, str]) -> bool:
    """Tell whether `WEBHOOKS_ALLOW_PRIVATE` is 1; whatever else it is allows nothing."""
    return environ.get("WEBHOOKS_ALLOW_PRIVATE", "").strip() == "1"


def read_admissions(environ: Mapping[str, str], problems: list[str]) -> float | None:
    """Read `REGISTRATION_ADMISSIONS_PER_SECOND`, or add what is wrong with it to the problems."""
    text = environ.get("REGISTRATION_ADMISSIONS_PER_SECOND", "").strip()
    if not text:
        return None
    try:
        admissions = float(text)
    except ValueError:
        admissions = 0.0
    if not 0.1 <= admissions <= 100_000:
        wanted = "a number of visitors, from 0.1 to 100000"
        problems.append(f"REGISTRATION_ADMISSIONS_PER_SECOND must be {wanted}")
        return None
    return admissions


def read_mail_gathering(environ: Mapping[str, str], problems: list[str]) -> timedelta:
    """Read `MAIL_GATHERING_SECONDS`, or add what is wrong with it to the problems."""
    text = environ.get("MAIL_GATHERING_SECONDS", "").strip()
    if not text:
        return MAIL_GATHERING
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 86_400:
        problems.append("MAIL_GATHERING_SECONDS must be a number of seconds, from 0 to 86400")
        return MAIL_GATHERING
    return timedelta(seconds=seconds)


def _read_bounce_listen(
    environ: Mapping[str, str], return_path: str | None, problems: list[str]
) -> tuple[str, int] | None:
    """Read `BOUNCE_LISTEN`, or add what is wrong with it to the problems."""
    text = environ.get("BOUNCE_LISTEN", "").strip()
    if not text:
        return None
    host, _colon, port = text.rpartition(":")
    if not (host and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        problems.append("BOUNCE_LISTEN must be host:port, such as 127.0.0.1:2525")
        return None
    if not return_path:
        problems.append("MAIL_RETURN_PATH is not set, which BOUNCE_LISTEN needs")
    return host.strip("[]"), int(port)


def _kept_in_file(name: str, environ: Mapping[str, str], problems: list[str]) -> str:
    path = environ.get(f"{name}_FILE", "").strip()
    if not path:
        return ""
    try:
        return Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        problems.append(f"{name}_FILE names {path}, which cannot be read ({reason})")
        return ""
