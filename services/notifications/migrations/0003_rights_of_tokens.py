"""Rights of tokens."""

import sqlalchemy as sa
from alembic import op

from shared.database import Json

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("api_token_copies", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rights", Json, nullable=True))
