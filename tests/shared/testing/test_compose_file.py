import pytest

from shared.testing.compose_file import ComposeError, ComposeFile

FILE = """
services:
  web:
    build: .
    command: [web, "${PROCESSES:-2}", "$$HOME", "${EMPTY-kept}"]
    environment: {URL: "http://${HOST}:${PORT:-80}/", N: 1}
    depends_on: {job: {condition: service_completed_successfully}}
  job:
    build: .
    depends_on: {database: {condition: service_healthy}}
  tool: {build: ., profiles: [tools]}
  database:
    image: postgres:16
    healthcheck: {test: [CMD, pg_isready]}
"""


@pytest.fixture
def path(tmp_path):
    (tmp_path / "docker-compose.yml").write_text(FILE)
    return tmp_path / "docker-compose.yml"


def test_variables_are_filled_in_as_compose_does(path):
    web = ComposeFile(path, {"HOST": "here", "PORT": "", "EMPTY": ""}).services["web"]

    assert web.command == ["web", "2", "$HOME", ""]
    assert web.environment == {"URL": "http://here:80/", "N": "1"}


def test_a_variable_that_must_be_set_is_named(path):
    path.write_text('services: {web: {image: "a:${VERSION:?choose one}"}}')

    with pytest.raises(ComposeError, match="VERSION is not set: choose one"):
        ComposeFile(path, {"VERSION": ""})
    assert ComposeFile(path, {"VERSION": "1"}).services["web"].facts == {"image": "a:1"}


def test_services_come_after_what_they_wait_for_and_profiles_are_left_out(path):
    services = list(ComposeFile(path, {}).in_order())

    assert [service.name for service in services] == ["database", "job", "web"]
    assert [service.is_ours for service in services] == [False, True, True]
    assert services[0].health_check == ["pg_isready"]


def test_waiting_for_a_service_that_does_not_exist_is_an_error(path):
    path.write_text("services: {web: {depends_on: {db: {condition: service_healthy}}}}")

    with pytest.raises(ComposeError, match="no service is called db"):
        list(ComposeFile(path, {}).in_order())
