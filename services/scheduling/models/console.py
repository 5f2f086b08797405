"""What the console keeps for itself: saved views, the site's texts, imports and their progress."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.scheduling.models.base import Base, Editable, foreign
from shared.identifiers import new_id


class SavedView(Base):
    """A way of looking at a table of the console: its filters and order, under a name.

    `page` names the table (`sessions`), `query` is the address's query string. Everybody's views
    are shown to everybody who is on the table when `is_shared`.
    """

    __tablename__ = "saved_views"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    edition_id: Mapped[UUID] = foreign("editions.id")
    account_id: Mapped[UUID] = foreign("accounts.id")
    page: Mapped[str]
    name: Mapped[str]
    query: Mapped[str]
    is_shared: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    __table_args__ = (sa.UniqueConstraint("edition_id", "account_id", "page", "name"),)


class SiteText(Editable, Base):
    """A text that the law asks for, as the operator wrote it; absent, the default is shown.

    `facts` holds what other pages say of it (who is responsible, the state of accessibility).
    """

    __tablename__ = "site_texts"
    key: Mapped[str] = mapped_column(primary_key=True)
    text_fr: Mapped[str | None]
    text_en: Mapped[str | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)


class ImportJob(Base):
    """A file on its way into an edition, by the console or the API.

    `state` goes from `waiting` through `planning` to `planned`, then, when somebody applies it,
    `accepted`, `applying` and `applied`; or it ends as `refused` (with `problem`), `failed` or
    `abandoned`. `plan` and `report` are what the pages show, `corrections` and `corrections_en` a
    spreadsheet given back with the cells that are wrong, in French and in English. `beat_at` is
    when its process last said that it is alive.
    """

    __tablename__ = "import_jobs"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    edition_id: Mapped[UUID | None] = foreign("editions.id")
    edition_slug: Mapped[str]
    account_id: Mapped[UUID | None] = foreign("accounts.id")
    filename: Mapped[str]
    content: Mapped[bytes | None]
    corrections: Mapped[bytes | None]
    corrections_en: Mapped[bytes | None]
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    is_released: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default="waiting")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    problem: Mapped[dict[str, Any] | None]
    plan: Mapped[dict[str, Any] | None]
    report: Mapped[dict[str, Any] | None]
    release_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    beat_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (sa.Index("ix_import_jobs_state_created", "state", "created_at"),)
