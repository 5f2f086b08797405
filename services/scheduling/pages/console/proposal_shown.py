"""What a proposal's page shows: its form, where it stands, what it lacks, the conversation."""

from typing import Any
from uuid import UUID

from flask import abort
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as DbSession
from sqlalchemy.orm import joinedload

from services.scheduling.domain.proposals.reading import rules_for, subject_of
from services.scheduling.domain.proposals.requirements import STAGES, concerned, missing
from services.scheduling.domain.proposals.steps import STEPS, Standing, open_steps
from services.scheduling.models import Activity, Edition, UnplacedSession
from services.scheduling.pages.console.editions_shown import edition_or_404
from services.scheduling.pages.console.proposal_form import choices
from services.scheduling.pages.console.proposal_viewers import Viewer, current_viewer
from services.scheduling.pages.console.proposal_words import (
    FIRST_STEP,
    LABEL_LABELS,
    LABEL_TONES,
    QUIET_STEPS,
    STAGE_LABELS,
    STATE_LABELS,
    STATE_MEANINGS,
    STATE_TONES,
    STEP_BUTTONS,
    STEP_DONE,
)
from services.scheduling.pages.console.proposals_listed import conversation
from services.scheduling.pages.console.saving import Attempt
from services.scheduling.pages.console.showing import edit_page
from services.scheduling.pages.console.standing import standings_of_activity
from services.scheduling.queries.console_session import venue_choices
from shared.web import current_context

#: What the conversation on the page is made of.
TOLD = ("created", *(step.name for step in STEPS))


def find_proposal(
    db: DbSession, slug: str, activity_id: UUID, *, to_edit: bool = False
) -> tuple[Edition, Activity, Viewer]:
    """Return a proposal of this edition that who is signed in may see, or change."""
    edition, viewer = edition_or_404(db, slug), current_viewer(db)
    activity = db.get(Activity, activity_id, options=[joinedload(Activity.organisation)])
    if activity is None or activity.edition_id != edition.id or not viewer.may_see(activity):
        abort(404)
    if to_edit and not viewer.may_edit(activity):
        abort(403)
    return edition, activity, viewer


def proposal_page(
    slug: str,
    activity_id: UUID,
    attempt: Attempt,
    comment: str = "",
    failed_step: str = "",
) -> ResponseReturnValue:
    """Return a proposal's page; a `comment` that is not sent yet is shown again."""
    with current_context().database.read() as db:
        edition, activity, viewer = find_proposal(db, slug, activity_id)
        standing = Standing(activity.state, activity.label_state)
        steps = open_steps(standing, viewer.side) if viewer.may_edit(activity) else ()
        unplaced = db.query(UnplacedSession).filter_by(activity_id=activity.id)
        return edit_page(
            db,
            "console/proposal.html",
            attempt,
            activity,
            edition=edition,
            viewer=viewer,
            may_edit=viewer.may_edit(activity),
            first_step=FIRST_STEP.get((activity.state, viewer.side), ""),
            steps=[step for step in steps if step.name != "comment"],
            comment=comment,
            failed_step=failed_step,
            talk=conversation(db, activity.id, TOLD),
            sessions=standings_of_activity(db, activity.id),
            wished=unplaced.order_by(UnplacedSession.id).all(),
            venues=[(str(one.id), one.name, one.commune or "") for one in venue_choices(db)],
            meaning=STATE_MEANINGS[activity.state][viewer.is_coordinator],
            state_labels=STATE_LABELS,
            state_tones=STATE_TONES,
            label_labels=LABEL_LABELS,
            label_tones=LABEL_TONES,
            step_buttons=STEP_BUTTONS,
            step_done=STEP_DONE,
            quiet_steps=QUIET_STEPS,
            **stages_told(db, activity),
            **choices(db, viewer, activity),
        )


def stages_told(db: DbSession, activity: Activity) -> dict[str, Any]:
    """Return what the checklist tells: what is missing for each stage, those ahead first."""
    rules, subject = rules_for(db, activity.edition_id), subject_of(db, activity)
    ahead = concerned(activity)
    stages = [
        {
            "name": stage,
            "label": STAGE_LABELS[stage],
            "due_on": rules.due.get(stage),
            "is_ahead": stage in ahead,
            "lacks": missing(subject, rules, stage),
        }
        for stage in STAGES
    ]
    return {"stages": stages, "rules": rules, "today": current_context().clock().date()}
