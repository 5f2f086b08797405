"""Sentences that are made in one place and shown in another, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.i18n.translator import gettext, ngettext


@dataclass(frozen=True)
class LazyText:
    """A message translated each time it is shown; one that counts `count` things has a `plural`.

    Two are equal when they say the same of the same. A variable may be a lazy text itself.
    """

    message: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    plural: str | None = None
    count: int = 0

    def __str__(self) -> str:
        if self.plural is not None:
            return ngettext(self.message, self.plural, self.count, **self.variables)
        return gettext(self.message, **self.variables)

    def __repr__(self) -> str:
        return f"LazyText({self.message!r})"

    def __hash__(self) -> int:
        return hash((self.message, self.count))

    def stored(self) -> dict[str, Any]:
        """Return it as JSON has it, to be kept and told later in whatever language."""
        variables = {name: stored_sentence(value) for name, value in self.variables.items()}
        kept: dict[str, Any] = {"message": self.message, "variables": variables}
        return kept if self.plural is None else kept | {"plural": self.plural, "count": self.count}


def stored_sentence(value: Any) -> Any:
    """Return a sentence as JSON has it: a lazy text with its variables, anything else as it is."""
    return value.stored() if isinstance(value, LazyText) else value


def sentence_of(stored: Any) -> Any:
    """Return the sentence that `stored_sentence` kept."""
    if not isinstance(stored, Mapping):
        return stored
    variables = {name: sentence_of(value) for name, value in stored["variables"].items()}
    return LazyText(stored["message"], variables, stored.get("plural"), stored.get("count", 0))


def lazy_gettext(message: str, **variables: Any) -> LazyText:
    """Return a message that is translated when it is shown."""
    return LazyText(message, variables)


def lazy_ngettext(singular: str, plural: str, n: int, **variables: Any) -> LazyText:
    """Return a message that counts `n` things and is translated when it is shown."""
    return LazyText(singular, variables, plural, n)
