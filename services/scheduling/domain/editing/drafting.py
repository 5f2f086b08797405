"""A row as it would be saved: its values cleaned, compared with the stored ones, and checked."""

from collections.abc import Mapping
from typing import Any

from services.scheduling.domain.editing.fields import Fault, Field
from services.scheduling.domain.editing.revisions import Invalid
from shared.i18n import LazyText


class Draft:
    """Values on their way into a row, given by column name; what is not given stays as it is.

    A value that the row has already is never refused, so that an import's odd value elsewhere in
    the row does not stand in the way. `draft["name"]` is the value as it would be.
    """

    def __init__(
        self, fields: Mapping[str, Field], values: Mapping[str, Any], row: object = None
    ) -> None:
        self._row = row
        self._faults: dict[str, LazyText | str] = {}
        self._whole: dict[str, Any] = {}
        stored = {name: getattr(row, name) for name in fields} if row is not None else {}
        unknown = values.keys() - fields.keys()
        if unknown:
            raise KeyError(sorted(unknown)[0])
        for name, field in fields.items():
            if name in stored and (name not in values or values[name] == stored[name]):
                self._whole[name] = stored[name]
                continue
            try:
                self._whole[name] = field(values.get(name))
            except Fault as fault:
                self.fault(name, fault.sentence)
        self._stored = stored
        self._given = frozenset(values)

    def __getitem__(self, name: str) -> Any:
        return self._whole[name]

    @property
    def is_new(self) -> bool:
        """Tell whether the row is about to be made."""
        return self._row is None

    def before(self, name: str) -> Any:
        """Return the value as it is stored; None for a row about to be made."""
        return self._stored.get(name)

    def has(self, name: str) -> bool:
        """Tell whether the field can be looked at: it was not refused."""
        return name in self._whole and name not in self._faults

    def gives(self, name: str) -> bool:
        """Tell whether the field was among the values given."""
        return name in self._given

    def touches(self, *names: str) -> bool:
        """Tell whether one of the fields changes, and all can be looked at: none is refused."""
        if not all(map(self.has, names)):
            return False
        return self.is_new or any(self._whole[name] != self._stored[name] for name in names)

    def put(self, name: str, value: Any) -> None:
        """Give a field the value that follows from another's."""
        self._whole[name] = value

    def fault(self, name: str, sentence: LazyText | str) -> None:
        """Refuse a field with a sentence, unless it is refused already."""
        self._faults.setdefault(name, sentence)

    def values(self) -> dict[str, Any]:
        """Return every field as it is to be stored; raises `Invalid` if one was refused."""
        if self._faults:
            raise Invalid(self._faults)
        return dict(self._whole)
