"""Where notifications' tables are declared."""

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

from shared.api_tokens import add_token_copies
from shared.database import NAMING_CONVENTION, Json, UtcDateTime
from shared.messaging.tables import add_messaging_tables
from shared.site import add_site_copy


class Base(DeclarativeBase):
    """Where notifications' tables are declared."""

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
