"""The page of a stop: where it stands, what can be done, and for its parties the papers."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from uuid import UUID

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.touring.condition import photos_of, reports_of
from services.scheduling.domain.touring.parties import parties_in
from services.scheduling.domain.touring.room import rivals_of, sentence_of_rivals
from services.scheduling.domain.touring.states import (
    may_edit_stop,
    standing_of,
    steps_for,
    zone_of_stop,
)
from services.scheduling.models import Account, Session, Stop
from services.scheduling.pages.console.editors import may_do
from services.scheduling.pages.console.standing import standing
from services.scheduling.pages.console.tour_people import current_person
from services.scheduling.pages.console.touring_words import (
    AGREEMENTS,
    CONDITION_TONES,
    CONDITIONS,
    MOMENTS,
    STANDING_TONES,
    STANDINGS,
    STEP_LABELS,
    hours_words,
    length_words,
)
from services.scheduling.queries import tours as queries
from shared.web import current_context


def stop_or_404(db: DbSession, tour_id: UUID, stop_id: UUID) -> Stop:
    """Return a stop of a tour; there is none, a 404."""
    return queries.stop_of_tour(db, tour_id, stop_id) or abort(404)


def stop_page(
    tour_id: UUID,
    stop_id: UUID,
    errors: Mapping[str, str],
    report: Mapping[str, str] = MappingProxyType({}),
) -> ResponseReturnValue:
    """Return the page of a stop; `report` is what a report that has faults was filled with."""
    context = current_context()
    now = context.clock()
    with context.database.read() as db:
        stop = stop_or_404(db, tour_id, stop_id)
        parties = parties_in(stop, current_person(db))
        standing_now = standing_of(stop, now)
        rivals = (
            rivals_of(db, stop, stop.tour.resource, now, firm_alone=False)
            if standing_now in ("requested", "expired") and parties
            else ()
        )
        reports = reports_of(db, stop.id) if parties else ()
        session = db.get(Session, stop.session_id) if stop.session_id else None
        page = render_template(
            "console/stop.html",
            stop=stop,
            tour=stop.tour,
            zone=zone_of_stop(stop),
            standing=standing_now,
            labels=STANDINGS,
            tones=STANDING_TONES,
            steps=steps_for(standing_now, parties, place_agrees=stop.place_agrees),
            step_labels=STEP_LABELS,
            errors=errors,
            rivals=str(sentence_of_rivals(rivals)) if rivals else "",
            is_party=bool(parties),
            may_edit=may_edit_stop(standing_now, parties),
            session=session,
            session_standing=standing(db, session.id) if session else None,
            sees_session=session is not None and may_do(db, "read", session),
            asked_by=db.get(Account, stop.requested_by_id) if stop.requested_by_id else None,
            agreements=AGREEMENTS,
            report=report,
            reports=reports,
            photos=photos_of(db, reports) if reports else {},
            reporters=_names(db, [report.account_id for report in reports]),
            moments=MOMENTS,
            conditions=CONDITIONS,
            condition_tones=CONDITION_TONES,
            length_words=length_words,
            hours_words=hours_words,
        )
    return page, 422 if errors else 200


def _names(db: DbSession, ids: Collection[UUID | None]) -> dict[UUID, str]:
    found = (db.get(Account, identifier) for identifier in ids if identifier)
    return {account.id: account.name for account in found if account}
