"""Notifications' web application, put together: the letter's pages, and the console's."""

from uuid import UUID

from flask import Flask

from services.notifications import api
from services.notifications.pages import (
    console,
    console_newsletter,
    console_newsletter_preview,
    domains,
    newsletter,
    newsletter_archive,
    newsletter_links,
    personal_data,
    suppressed,
    webhook_actions,
    webhooks,
)
from services.notifications.queries import is_revoked
from shared.context import ServiceContext
from shared.web.application import create_application
from shared.web.messages_pages import messages_blueprint


def create_app(context: ServiceContext) -> Flask:
    """Return notifications' application, working on the context's database."""

    def ended(sign_in_id: UUID) -> bool:
        with context.database.read() as db:
            return is_revoked(db, sign_in_id)

    app = create_application(
        context,
        import_name=__name__,
        blueprints=(
            console.blueprint,
            personal_data.blueprint,
            webhooks.blueprint,
            webhook_actions.blueprint,
            suppressed.blueprint,
            domains.blueprint,
            newsletter.blueprint,
            newsletter_archive.blueprint,
            console_newsletter.blueprint,
            console_newsletter_preview.blueprint,
            newsletter_links.blueprint,
            messages_blueprint("notifications"),
        ),
        api_blueprints=(api.blueprint,),
        is_revoked=ended,
    )
    # A mail program that unsubscribes somebody has no cookie and no token (RFC 8058, section 3.1).
    app.extensions["csrf"].exempt(app.view_functions["newsletter_links.unsubscribe"])
    return app
