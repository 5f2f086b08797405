"""What the operator decides that no file says, and what a whole import is refused for."""

from dataclasses import dataclass

#: The ways in that an operator can open for a whole file; `elsewhere` needs a link per session.
WAYS_IN = ("none", "here")

#: The largest capacity of a session: what the databases' integers hold.
LARGEST_CAPACITY = 2**31 - 1


class ImportRefused(Exception):
    """The import as a whole cannot be done; the message is one sentence for the operator."""


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
                f"Registration can be opened as “here” or closed as “none”, "
                f"not “{self.registration}”."
            )
        if self.capacity is None:
            return
        if self.registration != "here":
            raise ImportRefused("A capacity goes with registration here: add --registration here.")
        if not 0 <= self.capacity <= LARGEST_CAPACITY:
            raise ImportRefused(
                f"A capacity is a number from 0 to {LARGEST_CAPACITY}, not {self.capacity}."
            )
