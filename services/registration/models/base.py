"""Where registration's tables are declared, those that every service has with them."""

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

from shared.api_tokens import add_token_copies
from shared.database import NAMING_CONVENTION, Json, UtcDateTime
from shared.messaging.tables import add_messaging_tables
from shared.site import add_site_copy


class Base(DeclarativeBase):
    """Where registration's tables are declared."""

    metadata = sa.MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        dict[str, Any]: Json,
        list[Any]: Json,
        str: sa.Text(),
    }


add_messaging_tables(Base.metadata)
add_token_copies(Base.metadata)
add_site_copy(Base.metadata)

#: Whose events they are, for erasing.
sa.Index("ix_outbox_aggregate_id", Base.metadata.tables["outbox"].c.aggregate_id)
