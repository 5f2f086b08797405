"""Every service's history makes the tables that its models say, on both databases."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from deploy.migrate import drift
from deploy.routes import SERVICES
from shared.database import Database
from shared.messaging.tables import INSTALLATION
from shared.migrations import (
    BrokenReferences,
    UnknownRevision,
    is_migrated,
    migrate,
    newest_revision,
    revisions_folder,
)
from shared.testing.contexts import NOW, FrozenClock

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(params=SERVICES)
def service(request):
    return request.param


@pytest.fixture
def database(database_url):
    database = Database(database_url)
    yield database
    database.dispose()


def describe(database: Database) -> dict[str, Any]:
    """Return everything that a database declares, comparable whatever order it was made in."""
    inspector = sa.inspect(database.engine)
    tables = [name for name in inspector.get_table_names() if name != "alembic_version"]
    return {
        table: {
            "columns": _sorted(
                {**column, "type": repr(column["type"])} for column in inspector.get_columns(table)
            ),
            "primary key": inspector.get_pk_constraint(table),
            "foreign keys": _sorted(inspector.get_foreign_keys(table)),
            "unique": _sorted(inspector.get_unique_constraints(table)),
            "checks": _sorted(inspector.get_check_constraints(table)),
            "indexes": _sorted(
                {**index, "dialect_options": _options(index.get("dialect_options", {}))}
                for index in inspector.get_indexes(table)
            ),
        }
        for table in tables
    }


def _options(options: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in options.items()}


def _sorted(items: Any) -> list[Any]:
    return sorted(items, key=lambda item: str(item["name"]))


def test_history_and_models_declare_the_same(service, database_url_factory):
    migrated, declared = (Database(database_url_factory()) for _ in range(2))
    migrate(migrated.url.render_as_string(hide_password=False), service)
    import_module(f"services.{service}.models").Base.metadata.create_all(declared.engine)
    try:
        assert describe(migrated) == describe(declared)
        assert drift(migrated.url.render_as_string(hide_password=False), service) == []
    finally:
        migrated.dispose()
        declared.dispose()


def test_migrating_twice_changes_nothing_the_second_time(service, database_url, database):
    assert not is_migrated(database, service)
    assert migrate(database_url, service)
    assert is_migrated(database, service)
    assert not migrate(database_url, service)


def test_the_first_migration_notes_when_and_no_later_one_does(service, database_url, database):
    clock = FrozenClock()
    migrate(database_url, service, clock=clock)
    clock.advance(days=1)
    migrate(database_url, service, clock=clock)
    with database.read() as db:
        assert db.execute(sa.select(INSTALLATION)).all() == [(service, NOW)]


def test_several_at_once_migrate_once(database_url):
    code = "import sys; from shared.migrations import migrate; print(migrate(*sys.argv[1:]))"
    crowd = [
        subprocess.Popen(
            [sys.executable, "-c", code, database_url, "scheduling"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    said = sorted(process.communicate(timeout=300)[0].strip() for process in crowd)
    assert said == ["False", "False", "True"]


def test_a_database_from_a_newer_parvis_is_left_alone(service, database_url, database):
    migrate(database_url, service)
    with database.write() as db:
        db.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UnknownRevision, match="use the newer Parvis"):
        migrate(database_url, service)
    assert not is_migrated(database, service)


def test_a_failing_migration_leaves_the_database_as_it_was(database_url, database, monkeypatch):
    upgrade = command.upgrade

    def fail_at_the_end(config: Any, revision: str) -> None:
        upgrade(config, revision)
        raise ZeroDivisionError

    monkeypatch.setattr(command, "upgrade", fail_at_the_end)
    with pytest.raises(ZeroDivisionError):
        migrate(database_url, "registration")
    assert describe(database) == {}


def test_rows_that_refer_to_none_are_not_left_behind(sqlite_url, monkeypatch):
    upgrade = command.upgrade

    def lose_a_row(config: Any, revision: str) -> None:
        upgrade(config, revision)
        config.attributes["connection"].execute(
            sa.text(
                "INSERT INTO session_seats (session_id, taken, waiting, bookable, seat_categories, "
                "closes_at, version, counted_version) VALUES (:id, 0, 0, 1, '[]', '', 0, 0)"
            ),
            {"id": "0" * 32},
        )

    monkeypatch.setattr(command, "upgrade", lose_a_row)
    with pytest.raises(BrokenReferences, match="session_seats"):
        migrate(sqlite_url, "registration")


def test_no_way_back_is_offered(service):
    for revision in revisions_folder(service).glob("*.py"):
        assert "def downgrade" not in revision.read_text()


def test_revisions_are_numbered_in_order(service):
    numbers = sorted(path.name[:4] for path in revisions_folder(service).glob("0*.py"))
    assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)]
    assert newest_revision(service) == numbers[-1]
