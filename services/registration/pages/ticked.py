"""The rows that were ticked in a session's list, and what their pages share."""

from collections.abc import Sequence
from uuid import UUID

from flask import Response, make_response, redirect, render_template, request

from services.registration.list_queries import STATES, BookedParty, booked_parties, narrowed
from services.registration.models import SessionCopy
from services.registration.pages.staff import as_id, open_session, when_of
from shared.i18n import ngettext
from shared.web import current_context
from shared.web.paging import read_words


def ticked(session_id: UUID) -> tuple[SessionCopy, list[BookedParty]]:
    """Return the session and the rows that were ticked, or all that match what was looked for."""
    with current_context().database.read() as db:
        copy, _seats = open_session(db, session_id, "act")
        everybody = booked_parties(db, session_id)
    if request.form.get("everything"):
        state = request.form.get("state", "")
        statuses = STATES.get(state, STATES[""])
        shown = [one for one in everybody if one.status in statuses]
        return copy, narrowed(shown, words=read_words(request.form.get("q")), sort="")
    wanted = set(ids_in(" ".join(request.form.getlist("id")) or request.form.get("ids", "")))
    return copy, [one for one in everybody if one.booking_id in wanted]


def ids_in(text: str) -> list[UUID]:
    """Return the ids in a text, without what is none."""
    return [found for word in text.split() if (found := as_id(word)) is not None]


def ticked_page(
    template: str,
    copy: SessionCopy,
    chosen: Sequence[BookedParty],
    status: int = 200,
    **more: object,
) -> Response:
    """Return a page about the ticked rows, which its form sends back as `ids`."""
    body = render_template(
        template,
        copy=copy,
        chosen=chosen,
        ids=" ".join(str(one.booking_id) for one in chosen),
        when=when_of(dict(copy.details), copy.starts_at, copy.ends_at),
        **more,
    )
    return make_response(body, status)


def called_words(to_call: int) -> str:
    """Return how many people are to be called; nothing where nobody is."""
    if not to_call:
        return ""
    return ngettext(
        "%(n)s personne sans adresse est sur la liste d’appels.",
        "%(n)s personnes sans adresse sont sur la liste d’appels.",
        to_call,
    )


def back_to_list(session_id: UUID) -> Response:
    """Return to the session's list."""
    return make_response(redirect(f"/console/registration/sessions/{session_id}", 303))
