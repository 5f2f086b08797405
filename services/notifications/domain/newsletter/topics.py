"""Topics: which part of the programme somebody wants to hear of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Protocol
from uuid import UUID

#: More of one kind than this is no choice any more, and no form sends it.
MOST = 400


class Described(Protocol):
    """What topics are compared with: a session as subscribers choose by it."""

    @property
    def edition_id(self) -> UUID: ...
    @property
    def commune_code(self) -> str | None: ...
    @property
    def theme(self) -> str | None: ...
    @property
    def audience(self) -> str: ...
    @property
    def organisation_id(self) -> UUID | None: ...


@dataclass(frozen=True)
class Topics:
    """What somebody chose; of what is left empty, everything is wanted.

    Inside one kind any choice will do (Voiron or Vizille), and each kind must fit (there, and for
    families).
    """

    editions: frozenset[str] = frozenset()
    communes: frozenset[str] = frozenset()
    themes: frozenset[str] = frozenset()
    audiences: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()

    @classmethod
    def read(cls, stored: Mapping[str, Iterable[str]]) -> "Topics":
        """Return the topics that were stored, or typed, under their names."""
        return cls(**{kind: frozenset(stored.get(kind) or ()) for kind in KINDS})

    def to_json(self) -> dict[str, Any]:
        """Return the topics as they are stored; kinds without a choice are left out."""
        return {kind: sorted(getattr(self, kind)) for kind in KINDS if getattr(self, kind)}

    @property
    def is_everything(self) -> bool:
        """Tell whether nothing was chosen, so that the whole programme is wanted."""
        return not self.to_json()

    def within(self, choices: "Topics") -> "Topics":
        """Return the topics without what is no choice."""
        return replace(
            self, **{kind: getattr(self, kind) & getattr(choices, kind) for kind in KINDS}
        )

    def fit(self, entry: Described) -> bool:
        """Tell whether a session is of interest."""
        return (
            (not self.communes or entry.commune_code in self.communes)
            and (not self.themes or entry.theme in self.themes)
            and (not self.audiences or entry.audience in self.audiences)
            and (not self.organisations or str(entry.organisation_id) in self.organisations)
            and (not self.editions or str(entry.edition_id) in self.editions)
        )


KINDS = tuple(one.name for one in fields(Topics))
