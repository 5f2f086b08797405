"""The console's pages of registrations, all of them."""

from services.registration.pages import bulk, console, desk, one_registration, session_list

BLUEPRINTS = (
    console.blueprint,
    session_list.blueprint,
    desk.blueprint,
    one_registration.blueprint,
    bulk.blueprint,
)
