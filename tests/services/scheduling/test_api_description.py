"""The API's description is true: whatever is asked by it is answered as it says."""

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, assume, given, settings
from schemathesis import Case, GenerationMode

from services.scheduling.web import create_app
from shared.testing.contexts import make_context
from tests.services.scheduling.stored_programme import StoredProgramme

DESCRIPTION = "/api/v1/scheduling/openapi.json"
PATHS = (
    "/api/v1/editions",
    "/api/v1/sessions",
    "/api/v1/sessions/{session_id}",
    "/api/v1/venues",
)


def _application(url: str) -> Flask:
    context = make_context("scheduling", url)
    with context.database.write() as db:
        StoredProgramme(db).add_sessions(3)
    return create_app(context)


def test_the_description_names_every_list(database_url: str) -> None:
    described = _application(database_url).test_client().get(DESCRIPTION).get_json()
    assert tuple(described["paths"]) == PATHS


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("path", PATHS)
def test_answers_are_as_described(database_url: str, path: str, mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_wsgi(DESCRIPTION, _application(database_url))

    @settings(
        max_examples=25,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=schema[path]["GET"].as_strategy(generation_mode=mode))
    def ask(case: Case) -> None:
        if mode is GenerationMode.POSITIVE:
            case.query.pop("cursor", None)  # only a cursor that we gave is any good
        assume("" not in case.query.values())  # as good as none, which no schema can say
        # Schemathesis asks a WSGI application for gzip, and does not unpack it.
        case.call_and_validate(headers={"Accept-Encoding": "identity"})

    ask()
