"""Where a proposal can stand, and who may take it on from there: a pure state machine.

The proposal's own state and that of its label move beside each other.
"""

from dataclasses import dataclass
from typing import Literal

from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _

#: Whom one acts for: those who propose, or those who build the programme of it.
Side = Literal["organisation", "coordination"]

STATES = ("idea", "submitted", "changes_asked", "accepted", "declined", "withdrawn")
LABEL_STATES = ("none", "requested", "granted", "refused")

#: The states in which nobody works on it any more.
ENDED = ("declined", "withdrawn")

_ALIVE = ("idea", "submitted", "changes_asked", "accepted")
_BOTH: tuple[Side, ...] = ("organisation", "coordination")
_COORDINATION: tuple[Side, ...] = ("coordination",)


@dataclass(frozen=True)
class Standing:
    """Where a proposal stands, and where its label does."""

    state: str
    label_state: str = "none"


@dataclass(frozen=True)
class Step:
    """One way on: from which states to which, and who may go it.

    What is None stays as it is. `stage` names what the proposal must satisfy first.
    """

    name: str
    sides: tuple[Side, ...]
    states: tuple[str, ...] = STATES
    label_states: tuple[str, ...] = LABEL_STATES
    to_state: str | None = None
    to_label_state: str | None = None
    needs_comment: bool = False
    stage: str | None = None

    def is_open(self, standing: Standing, side: Side) -> bool:
        """Tell whether this side may take the step from there."""
        return (
            side in self.sides
            and standing.state in self.states
            and standing.label_state in self.label_states
        )

    def taken(self, standing: Standing) -> Standing:
        """Return where the proposal stands after the step."""
        return Standing(
            self.to_state or standing.state, self.to_label_state or standing.label_state
        )


STEPS = (
    Step("submit", _BOTH, ("idea", "changes_asked"), to_state="submitted", stage="proposal"),
    Step(
        "accept",
        _COORDINATION,
        ("idea", "submitted", "changes_asked", "declined"),
        to_state="accepted",
    ),
    Step(
        "ask_changes",
        _COORDINATION,
        ("submitted", "accepted"),
        to_state="changes_asked",
        needs_comment=True,
    ),
    Step(
        "decline",
        _COORDINATION,
        ("submitted", "changes_asked"),
        to_state="declined",
        needs_comment=True,
    ),
    Step("reconsider", _COORDINATION, ("declined",), to_state="submitted"),
    Step("withdraw", _BOTH, _ALIVE, to_state="withdrawn"),
    Step("resume", _BOTH, ("withdrawn",), to_state="idea"),
    Step(
        "request_label",
        _BOTH,
        ("submitted", "changes_asked", "accepted"),
        ("none", "refused"),
        to_label_state="requested",
        stage="label",
    ),
    Step(
        "grant_label",
        _COORDINATION,
        ("submitted", "accepted"),
        ("none", "requested", "refused"),
        to_label_state="granted",
    ),
    Step(
        "refuse_label",
        _COORDINATION,
        STATES,
        ("requested", "granted"),
        to_label_state="refused",
        needs_comment=True,
    ),
    Step("drop_label", _BOTH, STATES, ("requested",), to_label_state="none"),
    Step("comment", _BOTH, needs_comment=True),
)
BY_NAME = {step.name: step for step in STEPS}


class NotOpen(Exception):
    """The step cannot be taken from where the proposal stands, or not by this side."""

    sentence: LazyText = _(
        "Ce n’est plus possible : quelqu’un a fait avancer ce projet. Rechargez la page."
    )


def open_steps(standing: Standing, side: Side) -> tuple[Step, ...]:
    """Return the steps that a side may take from there, in the order in which they are offered."""
    return tuple(step for step in STEPS if step.is_open(standing, side))


def take_step(name: str, standing: Standing, side: Side) -> Standing:
    """Return where a step leads. Raises `NotOpen`."""
    step = BY_NAME.get(name)
    if step is None or not step.is_open(standing, side):
        raise NotOpen(name)
    return step.taken(standing)
