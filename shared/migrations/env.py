"""What alembic runs: it only ever works on the connection that `shared.migrations` gives it."""

import importlib
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from shared.database import UtcDateTime

config = context.config


def render_item(kind: str, item: Any, autogen_context: AutogenContext) -> str | Literal[False]:
    """Write Parvis's own column types by their names in `shared.database`."""
    if kind != "type":
        return False
    name = {"JSON": "Json", "BigInteger": "Counter"}.get(type(item).__name__)
    if isinstance(item, UtcDateTime):
        name = "UtcDateTime()"
    elif name == "Counter" and not item._variant_mapping:
        return False
    if name is None:
        return False
    autogen_context.imports.add(f"from shared.database import {name.removesuffix('()')}")
    return name


models = importlib.import_module(f"services.{config.attributes['service']}.models")
context.configure(
    connection=config.attributes["connection"],
    target_metadata=models.Base.metadata,
    compare_server_default=True,
    render_as_batch=True,
    render_item=render_item,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
