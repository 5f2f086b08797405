"""How a contract is declared: an event's name, its version and the schema of its data."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from marshmallow import RAISE, Schema, ValidationError

from shared.contracts.checking import Check, compile_check
from shared.contracts.reading import make_tolerant


class ContractError(Exception):
    """Data that does not keep the contract of its event."""


@dataclass(frozen=True)
class Event:
    """A fact that a service publishes, named in the past tense.

    `one_time` names the fields of the data that carry a one-time secret: they are blanked when the
    event expires. Every other field is the public state of the aggregate, whole.

    A contract changes by a new version with its own golden example. Fields that it gains say so
    (`reading.since`), so that events of every version can be read; recording writes the newest.
    """

    service: str
    name: str
    version: int
    schema: type[Schema]
    one_time: tuple[str, ...] = ()

    @property
    def type(self) -> str:
        """Return the event's full name, such as `scheduling.session_published`."""
        return f"{self.service}.{self.name}"

    def check(self, data: Mapping[str, Any]) -> None:
        """Raise `ContractError` unless `data` (JSON values) keeps the contract to the letter."""
        if self._surely_keeps(data):
            return
        errors = self._strict.validate(data)
        if errors:
            raise ContractError(f"{self.type} v{self.version}: {errors}")

    def read(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the known fields of `data`, typed; unknown ones are left out.

        A field that came with a later version than the data's has its default. Raises
        `ContractError` when another known field is missing or one is malformed.
        """
        try:
            return dict(self._tolerant.load(data))
        except ValidationError as error:
            raise ContractError(f"{self.type} v{self.version}: {error.messages}") from error

    def expect(self, data: Mapping[str, Any]) -> None:
        """Raise `ContractError` unless `data` can be read; for those who use it as it came."""
        if not self._surely_keeps(data):
            self.read(data)

    @cached_property
    def _strict(self) -> Schema:
        return self.schema(unknown=RAISE)

    @cached_property
    def _tolerant(self) -> Schema:
        return make_tolerant(self.schema())

    @cached_property
    def _surely_keeps(self) -> Check:
        return compile_check(self._strict)
