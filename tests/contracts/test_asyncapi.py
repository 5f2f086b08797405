"""The AsyncAPI document describes what is really sent."""

import json

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from shared.contracts.asyncapi import asyncapi_document
from shared.contracts.census import EVENTS
from shared.npm import npm_package
from tests.contracts.golden import golden

DOCUMENT = asyncapi_document()


def schema_of(event):
    payload = DOCUMENT["channels"][event.type]["messages"][event.name]["payload"]
    return Draft202012Validator({**payload, "components": DOCUMENT["components"]})


def test_it_keeps_the_published_schema_of_asyncapi():
    path = npm_package("@asyncapi/specs") / "schemas" / "3.0.0-without-$id.json"
    validator = Draft7Validator(json.loads(path.read_text()))

    assert [error.message for error in validator.iter_errors(DOCUMENT)] == []
    assert set(DOCUMENT["channels"]) == set(EVENTS)


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_its_schemas_accept_the_golden_examples(event):
    assert list(schema_of(event).iter_errors(golden(event).to_json())) == []


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_its_schemas_refuse_another_type_and_a_missing_field(event):
    message = golden(event).to_json()

    assert list(schema_of(event).iter_errors({**message, "type": "else"})) != []
    for field in message["data"]:
        data = {name: value for name, value in message["data"].items() if name != field}
        assert list(schema_of(event).iter_errors({**message, "data": data})) != [], field
