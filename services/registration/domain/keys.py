"""Idempotency keys: what was answered under one is answered again, and nothing is done twice.

What is kept is how a request was decided. A refusal that is for now only is not: registration will
open by itself, and whoever asks again then, under the same key, is decided on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.domain.requests import KEY_REUSED, REFUSED, Answer
from services.registration.models import IDEMPOTENCY_KEYS


def known_answers(db: Session, keys: Iterable[str]) -> dict[str, tuple[str, Answer]]:
    """Return the hash of what was asked and the answer, of those keys that were used."""
    rows = db.execute(
        sa.select(
            IDEMPOTENCY_KEYS.c.key,
            IDEMPOTENCY_KEYS.c.body_hash,
            IDEMPOTENCY_KEYS.c.status,
            IDEMPOTENCY_KEYS.c.answer,
        ).where(IDEMPOTENCY_KEYS.c.key.in_(list(keys)))
    )
    return {row.key: (row.body_hash, Answer(row.status, row.answer)) for row in rows}


def is_key_used(db: Session, key: str) -> bool:
    """Tell whether an answer is kept under a key."""
    used = sa.select(IDEMPOTENCY_KEYS.c.key).where(IDEMPOTENCY_KEYS.c.key == key)
    return db.scalar(used) is not None


def is_passing(answer: Answer) -> bool:
    """Tell whether a refusal is for now only, so that no key keeps it."""
    if answer.status != REFUSED:
        return False
    return any(reason["code"] == "not_open_yet" for reason in answer.body["bookings"])


def key_rows(answers: Mapping[str, tuple[str, Answer]], now: datetime) -> list[dict[str, Any]]:
    """Return the rows that keep these answers, in the order of their keys."""
    return [
        {
            "key": key,
            "body_hash": fingerprint,
            "status": answer.status,
            "answer": answer.body,
            "used_at": now,
        }
        for key, (fingerprint, answer) in sorted(answers.items())
    ]


def told(fingerprint_then: str, answer: Answer, fingerprint: str, *, is_first: bool) -> Answer:
    """Return what a request is told under its key, for the first time or again."""
    if fingerprint != fingerprint_then:
        return Answer(KEY_REUSED, {"code": "key_reused"})
    return answer if is_first else replace(answer, is_replay=True)
