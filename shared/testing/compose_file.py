"""A Compose file read as `docker compose` reads it: variables filled in, what waits for what."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_VARIABLE = re.compile(r"\$(?:(\$)|\{(\w+)(?:(:?[-?])([^}]*))?\})")


class ComposeError(Exception):
    """The file asks for something that is not set, or names a service that it does not have."""


@dataclass(frozen=True)
class ComposeService:
    """One service: what is run in its container, with what, and after what."""

    name: str
    facts: Mapping[str, Any]

    @property
    def command(self) -> list[str]:
        return [str(argument) for argument in self.facts.get("command", [])]

    @property
    def environment(self) -> dict[str, str]:
        return {name: str(value) for name, value in self.facts.get("environment", {}).items()}

    @property
    def depends_on(self) -> dict[str, str]:
        """Return the condition under which each service that it waits for lets it start."""
        named = self.facts.get("depends_on", {})
        return {name: facts["condition"] for name, facts in named.items()}

    @property
    def health_check(self) -> list[str] | None:
        """Return the command that ends with 0 in a healthy container."""
        test = self.facts.get("healthcheck", {}).get("test")
        return None if test is None else test[1:]

    @property
    def is_ours(self) -> bool:
        """Tell whether it runs in the image that this repository builds."""
        return "build" in self.facts


class ComposeFile:
    """The services of a Compose file, with an environment's variables filled in."""

    def __init__(self, path: Path, environ: Mapping[str, str]) -> None:
        self.facts: dict[str, Any] = _filled_in(yaml.safe_load(path.read_text()), environ)
        self.services = {
            name: ComposeService(name, facts) for name, facts in self.facts["services"].items()
        }

    def in_order(self) -> Iterator[ComposeService]:
        """Yield the services that `up` starts, each after those that it waits for."""
        started: set[str] = set()

        def with_needs(name: str) -> Iterator[ComposeService]:
            if name not in self.services:
                raise ComposeError(f"no service is called {name}")
            if name in started:
                return
            started.add(name)
            for needed in self.services[name].depends_on:
                yield from with_needs(needed)
            yield self.services[name]

        for name, service in self.services.items():
            if "profiles" not in service.facts:
                yield from with_needs(name)


def _filled_in(value: Any, environ: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _filled_in(item, environ) for name, item in value.items()}
    if isinstance(value, list):
        return [_filled_in(item, environ) for item in value]
    if isinstance(value, str):
        return _VARIABLE.sub(lambda match: _variable(match, environ), value)
    return value


def _variable(match: re.Match[str], environ: Mapping[str, str]) -> str:
    dollar, name, operator, rest = match.groups()
    if dollar:
        return "$"
    value = environ.get(name)
    if value is None or (value == "" and (operator or "").startswith(":")):
        if operator and operator.endswith("?"):
            raise ComposeError(f"{name} is not set: {rest}")
        return rest if operator else ""
    return value
