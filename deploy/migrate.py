"""Migrating, and the developer's tool that writes a migration.

`python -m deploy.migrate SERVICE "What changes"` compares the models with a database that the
service's history has just made, and writes the next numbered revision: read it before committing.
"""

import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from deploy.routes import SERVICES
from shared.database import Database
from shared.migrations import configuration, migrate, revisions_folder

__all__ = ["drift", "migrate", "write_revision"]


def write_revision(service: str, message: str) -> Path:
    """Write the service's next revision from its models, and return the file."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/{service}.sqlite"
        history = ScriptDirectory.from_config(configuration(service))
        number = f"{len(list(history.walk_revisions())) + 1:04d}"
        if number != "0001":
            migrate(url, service)
        database = Database(url)
        with database.engine.connect() as connection:
            config = configuration(service, connection)
            command.revision(config, message, autogenerate=True, rev_id=number)
        database.dispose()
    path = next(revisions_folder(service).glob(f"{number}_*.py"))
    _tidy(path)
    return path


def drift(database_url: str, service: str) -> list[str]:
    """Return how a migrated database differs from the service's models: nothing, if all is well."""
    metadata = import_module(f"services.{service}.models").Base.metadata
    database = Database(database_url)
    try:
        with database.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_server_default": True})
            return [str(difference) for difference in compare_metadata(context, metadata)]
    finally:
        database.dispose()


def _tidy(path: Path) -> None:
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.strip().startswith("# ###")))
    for step in (["check", "--fix", "--select", "I,UP,F401"], ["format"]):
        subprocess.run([sys.executable, "-m", "ruff", *step, "--quiet", str(path)], check=True)  # noqa: S603


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in SERVICES:
        sys.exit(f"usage: python -m deploy.migrate {{{'|'.join(SERVICES)}}} 'What changes'")
    print(write_revision(sys.argv[1], sys.argv[2]))  # noqa: T201
