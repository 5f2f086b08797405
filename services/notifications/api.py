"""The JSON API of mails: how many are in which state, and nobody's address.

GET /api/v1/notifications/mails/counts
→ {"queued": 3, "sending": 1, "sent": 812, "deferred": 0, "failed": 0, …}
"""

from typing import Any

from flask import Response, json
from marshmallow import Schema, fields, validate

from services.notifications.queries import STATUSES, mail_counts
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.api_description import ETAG
from shared.web.caching import conditional_json
from shared.web.tokens import require_scope

READ = "mails:read"

blueprint = ApiBlueprint(
    "Mails",
    __name__,
    url_prefix="/api/v1/notifications/mails",
    description="Whether mails get through",
)

#: What each state means; `unknown` and `failed` ask for somebody to look.
MEANINGS = {
    "unknown": "The mail server broke off: they may have been sent or not",
    "failed": "Refused for good",
    "bounced": "Taken, and brought back undelivered",
    "deferred": "Refused for now: they are tried again",
    "queued": "About to be sent",
    "sending": "On their way to the mail server",
    "sent": "Taken by the mail server",
    "withdrawn": "Out of date before they were sent",
}

MailCounts = Schema.from_dict(
    {
        status: fields.Integer(
            required=True, validate=validate.Range(0), metadata={"description": MEANINGS[status]}
        )
        for status in STATUSES
    },
    name="MailCounts",
)

EXAMPLE: dict[str, Any] = {**dict.fromkeys(STATUSES, 0), "queued": 3, "sending": 1, "sent": 812}


@blueprint.get("/counts")
@require_scope(READ)
@blueprint.response(200, MailCounts, example=EXAMPLE, headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
def count_mails() -> Response:
    """Tell how many mails are in each state, such as to watch a release go out."""
    with current_context().database.read() as db:
        found = mail_counts(db)
    body = json.dumps({status: found.get(status, 0) for status in STATUSES}).encode()
    return conditional_json(body)
