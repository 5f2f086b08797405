"""What the operator decides that no file says, and what a whole import is refused for."""

from dataclasses import dataclass

from services.scheduling.domain.programme import Sentence
from shared.i18n import lazy_gettext as _l

#: The ways in that an operator can open for a whole file; `elsewhere` needs a link per session.
WAYS_IN = ("none", "here")

#: The largest capacity of a session: what the databases' integers hold.
LARGEST_CAPACITY = 2**31 - 1


class ImportRefused(Exception):
    """The import as a whole cannot be done: `sentence` says why, in the language of its reader."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Options:
    """How people get in to the timed sessions of a file: `registration`, with `capacity` seats.

    Without `registration` the sessions that exist keep what the organiser chose. With `as_drafts`
    nothing is released. Raises `ImportRefused` when the first two do not go together.
    """

    registration: str | None = None
    capacity: int | None = None
    as_drafts: bool = False

    def __post_init__(self) -> None:
        if self.registration is not None and self.registration not in WAYS_IN:
            raise ImportRefused(
                _l(
                    "L’inscription s’ouvre par « here » ou se ferme par « none », ce que "
                    "« %(stated)s » n’est pas.",
                    stated=self.registration,
                )
            )
        if self.capacity is None:
            return
        if self.registration != "here":
            raise ImportRefused(
                _l("Une jauge va avec l’inscription ici : ouvrez-la (--registration here).")
            )
        if not 0 <= self.capacity <= LARGEST_CAPACITY:
            raise ImportRefused(
                _l(
                    "Une jauge est un nombre de 0 à %(largest)s, ce que %(stated)s n’est pas.",
                    largest=LARGEST_CAPACITY,
                    stated=self.capacity,
                )
            )
