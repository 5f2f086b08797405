"""What the console's frame tells of the data: the editions, and how many changes wait."""

import sqlalchemy as sa
from flask import Flask

from services.scheduling.domain.releasing import count_candidates
from services.scheduling.models import Edition
from shared.context import ServiceContext
from shared.web.console_navigation import ConsoleFacts, EditionName, tell_console


def install_frame(app: Flask, context: ServiceContext) -> None:
    """Let the console's navigation name the editions and count what waits to be released."""

    def find(slug: str | None) -> ConsoleFacts:
        with context.database.read() as db:
            rows = db.execute(
                sa.select(Edition.id, Edition.slug, Edition.name_fr, Edition.name_en).order_by(
                    Edition.starts_on.desc(), Edition.id
                )
            ).all()
            shown = next((row for row in rows if row.slug == slug), rows[0] if rows else None)
            pending = count_candidates(db, shown.id) if shown else 0
        names = tuple(EditionName(row.slug, row.name_fr, row.name_en) for row in rows)
        return ConsoleFacts(names, pending)

    tell_console(app, find)
