"""When registration opens, for each session and a whole edition; whom an edition counts."""

import json

import sqlalchemy as sa
from alembic import op

from shared.database import Json, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

#: Whom every edition counted before it could name its own.
_CATEGORIES = [
    {"code": "adults", "fr": "Adultes", "en": "Adults"},
    {"code": "children", "fr": "Enfants", "en": "Children"},
    {"code": "pupils", "fr": "Élèves", "en": "Pupils"},
    {"code": "accompanying", "fr": "Accompagnants", "en": "Accompanying adults"},
]


def upgrade() -> None:
    for table in ("editions", "sessions", "published_sessions"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("registration_opens_at", UtcDateTime(), nullable=True))
    usual = json.dumps(_CATEGORIES, ensure_ascii=False)
    columns = {"party_categories": usual, "former_categories": "[]"}
    with op.batch_alter_table("editions", schema=None) as batch_op:
        for name, default in columns.items():
            column = sa.Column(name, Json, nullable=False, server_default=default)
            batch_op.add_column(column)
    with op.batch_alter_table("editions", schema=None) as batch_op:
        for name in columns:
            batch_op.alter_column(name, server_default=None)
