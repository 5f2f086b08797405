"""The console's pages of registrations, all of them."""

from services.registration.pages import (
    allotments,
    bulk,
    calls,
    console,
    desk,
    moving,
    occupancy,
    one_registration,
    processing_record,
    requests_for_data,
    rules,
    session_list,
)

BLUEPRINTS = (
    console.blueprint,
    session_list.blueprint,
    rules.blueprint,
    allotments.blueprint,
    desk.blueprint,
    one_registration.blueprint,
    bulk.blueprint,
    moving.blueprint,
    occupancy.blueprint,
    calls.blueprint,
    requests_for_data.blueprint,
    processing_record.blueprint,
)
