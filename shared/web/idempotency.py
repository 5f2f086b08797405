"""A write of the API, done once however often it is sent: `Idempotency-Key`.

A key keeps its request's hash and its answer, in the transaction of the change itself: repeated, it
gets the same answer (200, 201, 204 and 409) and nothing is done; with another request it is
refused. What was at fault (422) or broke can be sent again, corrected, under its key.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Response, make_response, request
from sqlalchemy.orm import Session

from shared.database import insert_ignoring
from shared.i18n import gettext as _
from shared.idempotency import KEYS
from shared.web.api_description import describe
from shared.web.parts import current_context
from shared.web.problems import Problem, problem_response
from shared.web.tokens import current_token

#: Tells that an answer is an earlier request's.
REPLAYED = "Idempotent-Replayed"

_KEY = re.compile("[\x21-\x7e]{1,180}")
_KEPT_HEADERS = ("Content-Type", "ETag", "Location", "Cache-Control")

_HEADER = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "minLength": 1, "maxLength": 180, "pattern": "^[!-~]+$"},
    "description": "Of your choice, another for each write: sent again with the same request, it "
    "gives the same answer for 24 hours and does nothing",
    "example": "8a1f6a0e-6f0e-4f43-9a3e-5d0c7f1f2b11",
}


def written_once(*, needs_key: bool = True) -> Callable[[Any], Any]:
    """Run a view of the API in one write transaction, which is its first argument, and only once.

    It stands behind `require_scope`. The key may be left out unless it is needed: a change that
    names the version it is made to (`If-Match`) does no harm when it comes twice.
    """

    def decorate(view: Any) -> Any:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Response:
            key = _key_of_request(needs_key)
            body_hash = _hash_of_request() if key else ""  # read while no transaction waits for it
            context = current_context()
            with context.database.write() as db:
                if key is None:
                    return make_response(view(db, *args, **kwargs))
                return _answer_once(
                    db, key, body_hash, context.clock(), lambda: view(db, *args, **kwargs)
                )

        describe(
            guarded,
            parameters=[{**_HEADER, "required": needs_key}],
            responses={422: "UNPROCESSABLE_ENTITY"},
        )
        return guarded

    return decorate


def _answer_once(
    db: Session, key: str, body_hash: str, now: datetime, answer: Callable[[], Any]
) -> Response:
    holder = current_token().id
    this = sa.and_(KEYS.c.key == key, KEYS.c.holder == holder)
    if not _claim(db, key, holder, body_hash, now):
        return _first_answer(db.execute(sa.select(KEYS).where(this)).one(), body_hash)
    try:
        with db.begin_nested():
            response = make_response(answer())
    except Problem as problem:
        if problem.code != 409:
            raise
        response = problem_response(problem)
    kept = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    db.execute(
        sa.update(KEYS)
        .where(this)
        .values(status=response.status_code, headers=kept, body=response.get_data(as_text=True))
    )
    return response


def _claim(db: Session, key: str, holder: UUID, body_hash: str, now: datetime) -> bool:
    """Take the key; waits for another request that is taking it, and tells whether it was free."""
    claimed: Any = db.execute(
        insert_ignoring(db, KEYS).values(
            key=key,
            holder=holder,
            body_hash=body_hash,
            status=0,
            headers={},
            body="",
            created_at=now,
        )
    )
    return bool(claimed.rowcount)


def _first_answer(row: Any, body_hash: str) -> Response:
    if row.body_hash != body_hash:
        raise _faulty(_("Cette clé a déjà servi pour une autre demande."))
    return Response(row.body, row.status, {**row.headers, REPLAYED: "true"})


def _key_of_request(needed: bool) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is None and not needed:
        return None
    if key is None or not _KEY.fullmatch(key):
        raise _faulty(_("L’en-tête Idempotency-Key compte de 1 à 180 caractères ASCII visibles."))
    return key


def _hash_of_request() -> str:
    asked = [request.method, request.full_path, request.headers.get("If-Match", "")]
    digest = hashlib.sha256("\n".join(asked).encode())
    content = request.get_data(cache=True)
    boundary = request.mimetype_params.get("boundary")  # another one each time a form is sent
    digest.update(b"\n" + (content.replace(boundary.encode(), b"") if boundary else content))
    return digest.hexdigest()


def _faulty(sentence: str) -> Problem:
    detail = _("Certaines valeurs sont à corriger.")
    errors = {"headers": {"Idempotency-Key": [sentence]}}
    return Problem(422, "invalid", detail=detail, errors=errors)
