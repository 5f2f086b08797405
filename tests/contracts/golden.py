"""The golden examples: one event of each contract, as it was first published."""

import json
from pathlib import Path

import shared.contracts
from shared.contracts.event import Event
from shared.messaging.envelope import Envelope

EXAMPLES = Path(shared.contracts.__file__).parent / "examples"


def golden(event: Event, version: int | None = None) -> Envelope:
    """Return the golden example of a contract, of its newest version unless told otherwise."""
    path = EXAMPLES / f"{event.type}.v{version or event.version}.json"
    return Envelope.from_json(json.loads(path.read_text()))
