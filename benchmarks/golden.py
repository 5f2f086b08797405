"""The golden examples of the contracts, from which benchmarks make their events."""

import json
from pathlib import Path
from typing import Any

from shared.contracts.event import Event

_EXAMPLES = Path(__file__).parents[1] / "shared" / "contracts" / "examples"


def golden_data(event: Event) -> dict[str, Any]:
    """Return the data of an event's golden example."""
    example = json.loads((_EXAMPLES / f"{event.type}.v{event.version}.json").read_text())
    data: dict[str, Any] = example["data"]
    return data
