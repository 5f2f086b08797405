"""Registration's web application, put together."""

from uuid import UUID

from flask import Flask

from services.registration.api import BLUEPRINTS
from services.registration.domain.key_ring import KeyRing
from services.registration.domain.registrar import Registrar
from services.registration.fast_lane import FastLane
from services.registration.form_guard import FormGuard, install_form_guard
from services.registration.pages import (
    consoles,
    feeds,
    lost,
    manage,
    my_data,
    offers,
    opening,
    paper,
    public,
    selection,
    still_coming,
)
from services.registration.pages.queue_page import QueuePage
from services.registration.pages.try_again import install_try_again
from services.registration.parts import install_registrar, install_ticket_keys
from services.registration.queries import is_revoked
from services.registration.waiting_room import WaitingRoom
from shared.context import ServiceContext
from shared.web.application import create_application
from shared.web.messages_pages import messages_blueprint
from shared.web.promptness import Prompt
from shared.web.security import security_headers

#: What the public and programs ask for: answered in time, if only with "try again".
PROMPT = ("/register", "/selection", "/registrations", "/feeds", "/api")


def create_app(context: ServiceContext) -> Flask:
    """Return the WSGI application: pages, feeds, JSON API and the state of messages."""

    def revoked(sign_in_id: UUID) -> bool:
        with context.database.read() as db:
            return is_revoked(db, sign_in_id)

    app = create_application(
        context,
        import_name=__name__,
        blueprints=[
            public.blueprint,
            selection.blueprint,
            opening.blueprint,
            lost.blueprint,
            manage.blueprint,
            my_data.blueprint,
            my_data.done,
            offers.blueprint,
            still_coming.blueprint,
            feeds.blueprint,
            paper.blueprint,
            *consoles.BLUEPRINTS,
            messages_blueprint("registration"),
        ],
        api_blueprints=BLUEPRINTS,
        is_revoked=revoked,
    )
    keys = KeyRing(context.database, context.settings.secret_key, context.clock)
    install_ticket_keys(app, keys)
    registrar = Registrar(context.database, keys, context.clock)
    install_registrar(app, registrar)
    install_try_again(app)
    guard = FormGuard(context.clock)
    install_form_guard(app, guard)
    app.wsgi_app = WaitingRoom(  # type: ignore[method-assign]
        app.wsgi_app,
        QueuePage(app),
        context.settings,
        clock=context.clock,
        headers=security_headers(context.settings).items(),
    )
    app.wsgi_app = FastLane(  # type: ignore[method-assign]
        app.wsgi_app,
        registrar,
        guard,
        public_url=context.settings.public_url,
        headers=[*security_headers(context.settings).items(), ("Cache-Control", "no-store")],
    )
    app.wsgi_app = Prompt(app.wsgi_app, PROMPT)  # type: ignore[method-assign]
    return app
