"""A form of the console: what it shows of a row, what is sent, and the values that it means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from services.scheduling.domain.editing.fields import Fault
from services.scheduling.pages.console.inputs import Input
from shared.i18n import LazyText

#: A form's fields as they stand in it: texts, lists of them for boxes, lists of rows.
Shown = dict[str, Any]

#: Sentences by the id of their field.
Faults = dict[str, LazyText | str]


@dataclass(frozen=True)
class Part:
    """Fields that are one thing for people (a time, a place): changed and compared as one."""

    name: str
    label: LazyText
    fields: tuple[str, ...]


class Form:
    """A form whose fields are columns, each a part of its own."""

    def __init__(self, *inputs: Input) -> None:
        self._inputs = inputs
        self.parts: Sequence[Part] = tuple(
            Part(field.name, field.label, (field.name,)) for field in inputs
        )

    def shown(self, row: Any) -> Shown:
        """Return the fields as a stored row fills them."""
        return {field.name: _shown(field, getattr(row, field.name)) for field in self._inputs}

    def blank(self, **given: str) -> Shown:
        """Return the fields of a new row."""
        return {**{field.name: field.blank() for field in self._inputs}, **given}

    def posted(self, form: MultiDict[str, str]) -> Shown:
        """Return the fields as they were sent."""
        return {field.name: field.take(form, field.name) for field in self._inputs}

    def values(self, shown: Shown) -> tuple[dict[str, Any], Faults]:
        """Return the values that the fields mean, and what cannot be read."""
        values: dict[str, Any] = {}
        faults: Faults = {}
        for field in self._inputs:
            try:
                values[field.name] = field.read(shown[field.name])
            except Fault as fault:
                faults[field.name] = fault.sentence
        return values, faults

    def untouched(self, mine: Shown, theirs: Shown) -> frozenset[str]:
        """Return the columns to leave as they are stored, which say more than their fields show."""
        return frozenset()

    def in_fields(self, faults: Mapping[str, LazyText | str]) -> Faults:
        """Return the faults of columns as faults of the form's fields."""
        return dict(faults)

    def words(self, part: Part, shown: Shown) -> str:
        """Return what a part says, for choosing between two versions."""
        fields = {field.name: field for field in self._inputs}
        return "\n".join(fields[name].words(shown[name]) for name in part.fields if shown[name])


def _shown(field: Input, value: Any) -> Any:
    return field.blank() if value is None else field.show(value)
