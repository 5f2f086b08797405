"""A contract, once published, is kept: old examples load, and nothing undeclared is said."""

import hashlib
import json
from pathlib import Path

import pytest

from shared.contracts.census import EVENTS
from shared.contracts.event import ContractError
from shared.messaging.envelope import Envelope
from tests.contracts.golden import EXAMPLES, golden

#: A published example is never edited: a changed contract is a new version with its own example.
FINGERPRINTS = json.loads((Path(__file__).parent / "fingerprints.json").read_text())


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_the_golden_example_keeps_the_contract_and_survives_the_envelope(event):
    envelope = golden(event)

    event.check(envelope.data)
    assert Envelope.from_json(envelope.to_json()) == envelope
    assert (envelope.type, envelope.version) == (event.type, event.version)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_every_example_ever_published_can_still_be_read(path):
    envelope = Envelope.from_json(json.loads(path.read_text()))

    assert EVENTS[envelope.type].read(envelope.data)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == FINGERPRINTS[path.name]


def test_every_example_is_accounted_for():
    assert sorted(FINGERPRINTS) == sorted(path.name for path in EXAMPLES.glob("*.json"))


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_recording_is_strict_and_consuming_ignores_what_it_does_not_know(event):
    data = {**golden(event).data, "from_the_future": 1}

    with pytest.raises(ContractError, match="from_the_future"):
        event.check(data)
    assert "from_the_future" not in event.read(data)


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_a_missing_field_breaks_the_contract(event):
    for field in golden(event).data:
        data = {name: value for name, value in golden(event).data.items() if name != field}
        with pytest.raises(ContractError, match=field):
            event.check(data)
        with pytest.raises(ContractError, match=field):
            event.read(data)
