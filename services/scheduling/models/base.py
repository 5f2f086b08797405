"""Where scheduling's tables are declared, and what every editable one has."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.database import NAMING_CONVENTION, Json, UtcDateTime
from shared.messaging.tables import add_messaging_tables


class Base(DeclarativeBase):
    """Where scheduling's tables are declared."""

    metadata = sa.MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        dict[str, Any]: Json,
        list[Any]: Json,
        str: sa.Text(),
    }


add_messaging_tables(Base.metadata)


class Editable:
    """What staff may change: `revision` counts the changes, so that nobody overwrites another's.

    `edited_by_id` is the account that made the last change; null for an import or a command.
    """

    revision: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime]
    edited_by_id: Mapped[UUID | None]


class Sourced:
    """What an import may have brought: its name there, and what the file said of it last.

    `stated` are the columns as the source stated them, JSON values: what differs from it in the row
    was changed here, and a later import leaves it so.
    """

    source: Mapped[str | None]
    source_id: Mapped[str | None]
    stated: Mapped[dict[str, Any] | None]


def foreign(target: str) -> Any:
    """Return a column that refers to another table's, with its index."""
    return mapped_column(sa.ForeignKey(target), index=True)


def exactly_one(*columns: str) -> sa.CheckConstraint:
    """Return the rule that one of these columns has a value, and the others are null."""
    counted = (f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END" for column in columns)
    return sa.CheckConstraint(f"{' + '.join(counted)} = 1", name="of_one")
