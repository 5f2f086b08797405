"""A contract, once published, is kept: old examples load, and nothing undeclared is said."""

import hashlib
import json
from pathlib import Path

import pytest
from marshmallow import fields

from shared.contracts.census import EVENTS
from shared.contracts.event import ContractError
from shared.contracts.reading import introduced
from shared.contracts.registration import REGISTRATION_CHANGED, SEATS_COUNTED
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
    for name, field in event.schema().fields.items():
        data = {other: value for other, value in golden(event).data.items() if other != name}
        with pytest.raises(ContractError, match=name):
            event.check(data)
        if introduced(field) == 1:
            with pytest.raises(ContractError, match=name):
                event.read(data)


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_no_field_is_newer_than_its_contract(event):
    assert max(map(introduced, fields_of(event.schema()))) <= event.version


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_an_example_of_an_earlier_version_lacks_what_came_later(event):
    for version in range(1, event.version):
        envelope = golden(event, version)
        with pytest.raises(ContractError):
            event.check(envelope.data)


def test_what_an_older_event_does_not_say_is_supposed():
    changed = REGISTRATION_CHANGED.read(golden(REGISTRATION_CHANGED, 1).data)
    again = REGISTRATION_CHANGED.read(golden(REGISTRATION_CHANGED, 1).data)
    counted = SEATS_COUNTED.read(golden(SEATS_COUNTED, 1).data)

    assert (changed["session_changes"], changed["release_id"]) == ([], None)
    assert [booking["session_version"] for booking in changed["bookings"]] == [None]
    assert changed["session_changes"] is not again["session_changes"]
    assert counted == {
        "session_id": golden(SEATS_COUNTED, 1).aggregate_id,
        "seats_left": 9,
        "capacity": None,
        "bookings": 0,
        "seats_taken": 0,
        "waiting": 0,
        "overbooked": False,
    }


def fields_of(schema):
    """Return every field of a schema, those of nested schemas included."""
    found = []
    for field in schema.fields.values():
        found.append(field)
        while isinstance(field, fields.List):
            field = field.inner
        if isinstance(field, fields.Nested):
            found += fields_of(field.schema)
    return found
