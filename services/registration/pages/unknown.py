"""What is said at an address of a registration, or of a session, that there is not."""

from uuid import UUID

from flask import Response, make_response, render_template

from shared.web.caching import uncached


def unknown_registration() -> Response:
    """Say that no registration has this link, or none of its sessions this id."""
    return make_response(render_template("unknown_registration.html"), 404)


def unknown_session(session_id: UUID) -> Response:
    """Say that no session was published with this id; it may come, so nobody keeps the answer."""
    body = render_template("unknown_session.html", session_id=session_id)
    return uncached(make_response(body, 404))
