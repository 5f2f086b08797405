"""A plan and a report as JSON values: what the page of an import shows, in whatever language."""

import hashlib
import json
from typing import Any

from services.scheduling.domain.importing import Plan, Report
from services.scheduling.domain.importing.outcome import PlannedSession
from services.scheduling.domain.importing.settling import plain_value
from services.scheduling.domain.session_state import changed_fields, session_state
from shared.i18n import stored_sentence

#: How many sessions, rejections and so on are listed; all are counted.
LISTED = 300


def plan_summary(plan: Plan) -> dict[str, Any]:
    """Return what applying the plan would do; `digest` names exactly that."""
    created = [planned for planned in plan.sessions if planned.is_new]
    changed = [planned for planned in plan.sessions if not planned.is_new]
    return {
        **report_summary(plan.report),
        "digest": plan_digest(plan),
        "created": [_new(planned) for planned in created[:LISTED]],
        "changed": [_change(planned) for planned in changed[:LISTED]],
    }


def report_summary(report: Report) -> dict[str, Any]:
    """Return what an import did, or would do."""
    return {
        "counts": {
            noun: {
                "created": counts.created,
                "changed": counts.changed,
                "unchanged": counts.unchanged,
            }
            for noun, counts in report.counts.items()
        },
        "rejected": len(report.rejections),
        "faults": sum(len(rejection.faults) for rejection in report.rejections),
        "rejections": [
            {
                "line": rejection.line,
                "source_id": rejection.source_id,
                "reason": stored_sentence(rejection.reason),
                "faults": [
                    {
                        "sheet": fault.sheet,
                        "cell": fault.cell,
                        "column": fault.column,
                        "value": fault.value,
                        "reason": stored_sentence(fault.reason),
                    }
                    for fault in rejection.faults
                ],
            }
            for rejection in report.rejections[:LISTED]
        ],
        "gone": len(report.missing),
        "missing": [missing.told for missing in report.missing[:LISTED]],
        "kept": [
            {
                "table": kept.table,
                "source_id": kept.source_id,
                "column": kept.column,
                "title": kept.title,
            }
            for kept in report.kept[:LISTED]
        ],
        "notes": [stored_sentence(note) for note in report.notes],
        "carried": report.carried,
    }


def plan_digest(plan: Plan) -> str:
    """Return a word that another plan of the same file has only if it does the same."""
    sessions = [(planned.before, _stated(planned.row)) for planned in plan.sessions]
    rows = [
        (model.__tablename__, [_stated(row) for row in rows])
        for model, rows in (*plan.inserts, *plan.updates)
    ]
    seen = json.dumps([sessions, rows], sort_keys=True, default=str)
    return hashlib.blake2b(seen.encode(), digest_size=16).hexdigest()


#: Columns of a planned row that are another each time it is planned.
_OF_THE_MOMENT = ("edited_at", "registration_closes_at", "uid", "stated")


def _stated(row: dict[str, Any]) -> dict[str, Any]:
    """Return what a row says, without the ids and instants that each plan makes anew."""
    return {
        name: plain_value(value)
        for name, value in row.items()
        if name not in _OF_THE_MOMENT and name != "id" and not name.endswith("_id")
    } | {"source_id": row.get("source_id")}


def _new(planned: PlannedSession) -> dict[str, Any]:
    return {"state": _shown(session_state(planned.parts))}


def _change(planned: PlannedSession) -> dict[str, Any]:
    before, after = planned.before or {}, session_state(planned.parts)
    return {
        "id": str(planned.parts.session.id),
        "before": _shown(before),
        "after": _shown(after),
        "fields": list(changed_fields(before, after)),
    }


def _shown(state: Any) -> dict[str, Any]:
    """Return a state without its longest text, of which the page shows nothing."""
    texts = {name: (text or "")[:300] or None for name, text in state["description"].items()}
    return {**state, "description": texts}
