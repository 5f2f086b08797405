"""Taking a proposal a step further: checked, logged in its history, and told by an event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain import history
from services.scheduling.domain.editing.fields import Fault, paragraphs
from services.scheduling.domain.editing.revisions import Invalid, change, take
from services.scheduling.domain.proposals.reading import rules_for, subject_of
from services.scheduling.domain.proposals.recipients import Recipient, coordinators, proposers
from services.scheduling.domain.proposals.requirements import Lack, Rules, concerned, missing
from services.scheduling.domain.proposals.steps import (
    BY_NAME,
    NotOpen,
    Side,
    Standing,
    Step,
    take_step,
)
from services.scheduling.domain.proposals.telling import (
    edition_told,
    lacks_told,
    page_of,
    title_told,
)
from services.scheduling.models import Activity, Edition
from shared.contracts.scheduling import PROPOSAL_MOVED
from shared.i18n import lazy_gettext as _
from shared.identifiers import new_id
from shared.messaging.outbox import Fact, record

LONGEST_COMMENT = 5_000

#: After these steps their own makers get a mail, too: what they sent has arrived.
ACKNOWLEDGED = ("submit", "withdraw", "request_label")

_comment = paragraphs(LONGEST_COMMENT)


class Incomplete(Exception):
    """The proposal lacks something for the stage that it would reach."""

    def __init__(self, lacks: Sequence[Lack]) -> None:
        super().__init__(", ".join(lack.name for lack in lacks))
        self.lacks = tuple(lacks)


class TooLate(Exception):
    """The deadline is over for those who propose; the coordination may still do it."""

    sentence = _("La date limite est passée : écrivez à la coordination.")


@dataclass(frozen=True)
class Mover:
    """Who takes the step, and for whom."""

    account_id: UUID | None
    name: str | None
    side: Side
    email: str | None = None


def move(
    db: DbSession,
    activity_id: UUID,
    step_name: str,
    *,
    mover: Mover,
    now: datetime,
    public_url: str,
    comment: str = "",
    revision: int | None = None,
) -> Activity:
    """Take a step, in the caller's transaction; `revision`, where it is given, must be as seen.

    Raises `Unknown`, `Conflict`, `NotOpen`, `TooLate`, `Incomplete`, or `Invalid` for the comment.
    """
    activity = take(db, Activity, activity_id, revision)
    edition = db.get_one(Edition, activity.edition_id)
    standing = Standing(activity.state, activity.label_state)
    after = take_step(step_name, standing, mover.side)
    step = BY_NAME[step_name]
    words = _words(step, comment)
    rules = rules_for(db, edition.id)
    if mover.side == "organisation":
        _check_day(step, standing, rules, now.astimezone(ZoneInfo(edition.time_zone)).date())
        if step.stage is not None:
            lacks = missing(subject_of(db, activity), rules, step.stage)  # type: ignore[arg-type]
            if lacks:
                raise Incomplete(lacks)
    change(
        activity,
        {"state": after.state, "label_state": after.label_state},
        account_id=mover.account_id,
        now=now,
    )
    history.step(db, activity, step.name, account_id=mover.account_id, now=now, comment=words)
    data = _told(db, activity, edition, rules, step, mover, words, public_url)
    if data["recipients"]:
        record(db, Fact(PROPOSAL_MOVED, new_id(), 1, data), now=now)
    return activity


def _words(step: Step, comment: str) -> str | None:
    try:
        words: str | None = _comment(comment)
    except Fault as fault:
        raise Invalid({"comment": fault.sentence}) from fault
    if step.needs_comment and not words:
        raise Invalid({"comment": _("Écrivez quelques mots : ils seront envoyés et gardés ici.")})
    return words


def _check_day(step: Step, standing: Standing, rules: Rules, today: Any) -> None:
    """Refuse what comes too late; what the coordination asked for again may still come."""
    due = rules.due.get(step.stage) if step.stage else None  # type: ignore[call-overload]
    if due is not None and today > due and standing.state != "changes_asked":
        raise TooLate(step.name)


def _told(
    db: DbSession,
    activity: Activity,
    edition: Edition,
    rules: Rules,
    step: Step,
    mover: Mover,
    comment: str | None,
    public_url: str,
) -> dict[str, Any]:
    subject = subject_of(db, activity)
    lacks = [lack for stage in concerned(activity) for lack in missing(subject, rules, stage)]
    unique = list({lack.name: lack for lack in lacks}.values())
    organisation = activity.organisation
    return {
        "activity_id": str(activity.id),
        "edition": edition_told(edition),
        "title": title_told(activity),
        "organisation": organisation.name if organisation else None,
        "step": step.name,
        "state": activity.state,
        "label_state": activity.label_state,
        "comment": comment,
        "who": mover.name,
        "side": mover.side,
        "lacks": lacks_told(unique),
        "link": page_of(public_url, edition, activity),
        "recipients": [one.as_json() for one in _recipients(db, activity, step, mover)],
    }


def _recipients(db: DbSession, activity: Activity, step: Step, mover: Mover) -> list[Recipient]:
    """Return those on the side of the proposal and, of what they did, the coordination."""
    found = proposers(db, [activity])[activity.id]
    if mover.side == "organisation":
        known = {one.email for one in found}
        found = [*found, *(one for one in coordinators(db) if one.email not in known)]
        if step.name in ACKNOWLEDGED:
            return found
    return [one for one in found if one.email != mover.email]


__all__ = ["Incomplete", "Mover", "NotOpen", "TooLate", "move"]
