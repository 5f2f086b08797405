"""Notifications' web application, put together: the console's pages on mails and messages."""

from uuid import UUID

from flask import Flask

from services.notifications import api
from services.notifications.pages import console, domains, personal_data, suppressed
from services.notifications.queries import is_revoked
from shared.context import ServiceContext
from shared.web.application import create_application
from shared.web.messages_pages import messages_blueprint


def create_app(context: ServiceContext) -> Flask:
    """Return notifications' application, working on the context's database."""

    def ended(sign_in_id: UUID) -> bool:
        with context.database.read() as db:
            return is_revoked(db, sign_in_id)

    return create_application(
        context,
        import_name=__name__,
        blueprints=(
            console.blueprint,
            personal_data.blueprint,
            suppressed.blueprint,
            domains.blueprint,
            messages_blueprint("notifications"),
        ),
        api_blueprints=(api.blueprint,),
        is_revoked=ended,
    )
