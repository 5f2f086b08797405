"""The golden examples: one event of each contract, as it was first published."""

import json
from pathlib import Path

import shared.contracts
from shared.contracts.event import Event
from shared.messaging.envelope import Envelope

EXAMPLES = Path(shared.contracts.__file__).parent / "examples"


def golden(event: Event) -> Envelope:
    """Return the golden example of a contract, in its envelope."""
    path = EXAMPLES / f"{event.type}.v{event.version}.json"
    return Envelope.from_json(json.loads(path.read_text()))
