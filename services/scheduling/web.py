"""Scheduling's web application, put together: the programme, its feeds, its API, sign-in."""

from uuid import UUID

from flask import Flask

from services.scheduling.api import BLUEPRINTS
from services.scheduling.domain.sign_in import is_revoked
from services.scheduling.domain.tokens import recognise
from services.scheduling.pages import (
    console,
    feeds,
    for_everybody,
    images,
    legal,
    private_feeds,
    sign_in,
)
from services.scheduling.pages.console.frame import install_frame
from services.scheduling.pages.guarding import install_guard
from services.scheduling.pages.sign_in_limits import install_limits
from shared.api_tokens import ApiToken
from shared.context import ServiceContext
from shared.web.application import create_application
from shared.web.messages_pages import messages_blueprint


def create_app(context: ServiceContext) -> Flask:
    """Return scheduling's application, working on the context's database."""

    def ended(sign_in_id: UUID) -> bool:
        with context.database.read() as db:
            return is_revoked(db, sign_in_id)

    def recognised(token_hash: str) -> ApiToken | None:
        return recognise(context.database, token_hash, now=context.clock())

    app = create_application(
        context,
        import_name=__name__,
        blueprints=(
            *for_everybody.BLUEPRINTS,
            legal.blueprint,
            feeds.blueprint,
            private_feeds.blueprint,
            images.blueprint,
            sign_in.blueprint,
            *console.BLUEPRINTS,
            messages_blueprint("scheduling"),
        ),
        api_blueprints=BLUEPRINTS,
        is_revoked=ended,
        find_token=recognised,
        versions=feeds.versions(context),
    )
    install_limits(app)
    install_frame(app, context)
    install_guard(app)
    legal.install_site_facts(app, context)
    return app
