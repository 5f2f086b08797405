"""Who asked for the links of their registrations, until the worker has looked for them."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.models.base import Base
from shared.identifiers import new_id


class LinkRequest(Base):
    """An address, in small letters, that somebody typed to be sent its registrations' links.

    It is kept whether or not anybody is registered with it, so that asking takes as long, and it is
    deleted as soon as the worker has looked.
    """

    __tablename__ = "link_requests"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str]
    locale: Mapped[str] = mapped_column(sa.String(5))
    asked_at: Mapped[datetime]
