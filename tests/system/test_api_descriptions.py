"""Each service's OpenAPI document is valid and whole: no operation, parameter or answer unsaid."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from deploy.cli import cli
from deploy.openapi import EXAMPLE_SITE
from deploy.routes import SERVICES, service_for
from shared.api_tokens import SCOPES
from shared.testing.contexts import make_context
from shared.web.problems import CONTENT_TYPE

METHODS = ("get", "post", "put", "patch", "delete")
WRITES = ("post", "put", "patch", "delete")


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def document(service: str, sqlite_url: str) -> dict[str, Any]:
    context = make_context(service, sqlite_url)
    app = import_module(f"services.{service}.web").create_app(context)
    answer = app.test_client().get(f"/api/v1/{service}/openapi.json")
    assert answer.status_code == 200
    described: dict[str, Any] = answer.get_json()
    return described


def _operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, item[method])
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    ]


def _resolved(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    found: Any = document
    if "$ref" not in part:
        return part
    for step in part["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    resolved: dict[str, Any] = found
    return resolved


def test_the_document_keeps_the_specification(document: dict[str, Any]) -> None:
    faults = [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()]
    assert faults == []


def test_every_path_is_served_by_the_service_that_describes_it(
    service: str, document: dict[str, Any]
) -> None:
    assert {service_for(path) for path in document["paths"]} == {service}
    assert service_for(f"/api/v1/{service}/openapi.json") == service


def test_every_operation_is_named_and_told_of(document: dict[str, Any]) -> None:
    tags = {tag["name"]: tag["description"] for tag in document["tags"]}
    names = [operation["operationId"] for _, _, operation in _operations(document)]
    assert len(set(names)) == len(names)
    for path, method, operation in _operations(document):
        where = f"{method} {path}"
        assert operation["summary"].endswith("."), where
        assert all(tags[tag] for tag in operation["tags"]), where


def test_every_parameter_is_described(document: dict[str, Any]) -> None:
    for path, method, operation in _operations(document):
        shared = document["paths"][path].get("parameters", [])
        for parameter in (*shared, *operation.get("parameters", [])):
            described = _resolved(document, parameter)
            assert described.get("description"), f"{method} {path} {described}"
            assert described["schema"], f"{method} {path} {described}"


def test_every_error_is_a_problem(document: dict[str, Any]) -> None:
    for path, method, operation in _operations(document):
        answers = operation["responses"]
        assert "5XX" in answers, f"{method} {path}"
        for status, answer in answers.items():
            if status[0] in "45":
                content = _resolved(document, answer)["content"]
                assert list(content) == [CONTENT_TYPE], f"{method} {path} {status}"


def test_what_needs_a_token_says_so(document: dict[str, Any]) -> None:
    for path, method, operation in _operations(document):
        security = operation.get("security", [])
        scopes = [scope for need in security for scopes in need.values() for scope in scopes]
        assert set(scopes) <= set(SCOPES)
        assert bool(security) == ("401" in operation["responses"]), f"{method} {path}"
        assert bool(scopes) == ("403" in operation["responses"]), f"{method} {path}"


def test_every_json_has_an_example_that_keeps_its_schema(document: dict[str, Any]) -> None:
    for path, method, operation in _operations(document):
        bodies = [operation["requestBody"]] if "requestBody" in operation else []
        answers = [
            answer for status, answer in operation["responses"].items() if status.startswith("2")
        ]
        for part in (*bodies, *answers):
            for kind, content in part.get("content", {}).items():
                if kind != "application/json":
                    continue
                assert "example" in content, f"{method} {path}"
                schema = {**content["schema"], "components": document["components"]}
                faults = list(Draft202012Validator(schema).iter_errors(content["example"]))
                assert faults == [], f"{method} {path}: {[fault.message for fault in faults]}"


def test_every_write_can_be_repeated(document: dict[str, Any]) -> None:
    """By its key, or because what is asked for is a state; a preview writes nothing."""
    states = {"revoke_token", "change_registration", "cancel_registration", "set_session_rules"}
    for path, method, operation in _operations(document):
        named = {parameter.get("name") for parameter in operation.get("parameters", [])}
        if path.endswith("/preview") or operation["operationId"] in states:
            continue
        if method in WRITES:
            assert "Idempotency-Key" in named, f"{method} {path}"


def test_the_command_writes_what_is_served(
    service: str, document: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written = CliRunner().invoke(cli, ["openapi", service])
    described = json.loads(written.stdout)
    assert described.pop("servers") == [{"url": EXAMPLE_SITE}]
    assert described == {name: part for name, part in document.items() if name != "servers"}
    assert not Path("nowhere.sqlite").exists()  # no database was made
