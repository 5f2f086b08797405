"""The API's descriptions are true: whatever is asked by them is answered as they say."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from deploy.routes import SERVICES
from tests.system.described import Described, described

#: Where being described well does not make a request acceptable: rules that no schema can say.
_HAS_RULES: list[Any] = [positive_data_acceptance]

#: How many requests are made of each operation, good ones and faulty ones each.
EXAMPLES = 5

QUIETLY = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def _operations(service: Described) -> list[Any]:
    schema = schemathesis.openapi.from_wsgi(service.document, service.app)
    results: list[Any] = list(schema.get_all_operations())
    found = [result.ok() for result in results]
    assert found
    # A token that gives itself up would end the others' questions.
    return [each for each in found if each.label != "DELETE /api/v1/token"]


def _is_empty(value: Any) -> bool:
    """Tell whether a parameter is as good as none, which no schema can say."""
    return value == "" or (isinstance(value, list) and "" in value)


def _lead_somewhere(service: Described, case: Case, data: st.DataObject) -> None:
    """Let a good request name what there is: by chance alone it never would."""
    case.query.pop("cursor", None)  # only a cursor that we gave is any good
    noun = case.path.removeprefix("/api/v1/draft/").partition("/")[0]
    for parts in (case.path_parameters, case.query, case.body):
        if not isinstance(parts, dict):
            continue
        for name in parts:
            some = service.known.get(noun if name == "row_id" else name, [])
            if isinstance(parts[name], int | float):  # no name of anything
                some = [one for one in some if isinstance(one, int)]
            if some:
                one = data.draw(st.sampled_from(some))
                parts[name] = [one] if isinstance(parts[name], list) else one
    if "If-Match" in case.headers:
        tags = st.sampled_from(('"1"', '"2"', '"3"', '"rules-0"', case.headers["If-Match"]))
        case.headers["If-Match"] = data.draw(tags)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("name", SERVICES)
def test_answers_are_as_described(database_url: str, name: str, mode: GenerationMode) -> None:
    service = described(name, database_url)
    for operation in _operations(service):
        try:
            _ask(service, operation, mode)
        except Unsatisfiable:  # nothing that could be asked of it is faulty
            assert mode is GenerationMode.NEGATIVE, operation.label


def _ask(service: Described, operation: Any, mode: GenerationMode) -> None:
    headers = {"Accept-Encoding": "identity"}  # it asks for gzip, and does not unpack it
    if operation.definition.raw.get("security"):
        headers["Authorization"] = f"Bearer {service.token}"

    @QUIETLY
    @given(data=st.data(), case=operation.as_strategy(generation_mode=mode))
    def ask(data: st.DataObject, case: Case) -> None:
        if mode is GenerationMode.POSITIVE:
            _lead_somewhere(service, case, data)
        assume(not any(_is_empty(value) for value in case.query.values()))
        case.call_and_validate(headers=headers, excluded_checks=_HAS_RULES)

    ask()


@pytest.mark.parametrize("name", SERVICES)
def test_without_a_token_nothing_is_done_or_told(sqlite_url: str, name: str) -> None:
    service = described(name, sqlite_url)
    for operation in _operations(service):
        if not operation.definition.raw.get("security"):
            continue

        @settings(QUIETLY, max_examples=1)
        @given(case=operation.as_strategy())
        def ask(case: Case) -> None:
            for value in ("", "Bearer parvis_unknown", "Basic bm91cjpub3Vy"):
                answer = case.call(headers={"Authorization": value})
                assert answer.status_code == 401, case.as_curl_command()
                case.validate_response(answer)

        ask()
