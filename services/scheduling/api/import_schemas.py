"""What the API tells of imports."""

from typing import Any

from marshmallow import Schema, fields, validate

from shared.contracts.scheduling import WAYS_IN
from shared.i18n import sentence_of

STATES = (
    "waiting",
    "planning",
    "planned",
    "accepted",
    "applying",
    "applied",
    "refused",
    "failed",
    "abandoned",
)


class ImportQuery(Schema):
    """Into which edition, and how people get in to the timed sessions of the file."""

    edition = fields.String(
        required=True,
        validate=validate.Regexp(r"^[^\x00-\x1f\x7f]+$"),
        metadata={"description": "The edition's slug"},
    )
    filename = fields.String(
        load_default="import", metadata={"description": "Its name, as the console will show it"}
    )
    registration = fields.String(
        validate=validate.OneOf(tuple(way for way in WAYS_IN if way != "elsewhere")),
        metadata={"description": "Opens registration here, or closes it; left out, as it is"},
    )
    capacity = fields.Integer(
        validate=validate.Range(0, 1_000_000),
        metadata={"description": "Seats of each session (with registration=here)"},
    )


class ApplyBody(Schema):
    """How the plan is applied."""

    as_ = fields.String(
        required=True, data_key="as", validate=validate.OneOf(("drafts", "released"))
    )


class CellFault(Schema):
    """A cell of a spreadsheet that cannot be taken, and why."""

    sheet = fields.String(required=True, metadata={"description": "Empty for CSV"})
    cell = fields.String(required=True, metadata={"description": "Like D17"})
    column = fields.String(required=True, metadata={"description": "The heading above it"})
    value = fields.String(required=True)
    reason = fields.String(required=True)


class Rejection(Schema):
    """A record of the file that is not taken, and why."""

    line = fields.Integer(required=True, allow_none=True)
    source_id = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True)
    faults = fields.List(
        fields.Nested(CellFault), metadata={"description": "The cells, of a spreadsheet"}
    )


class Outcome(Schema):
    """What an import did, or would do: all is counted, the first hundreds are listed."""

    counts = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "By kind of row: created, changed, unchanged"},
    )
    rejected = fields.Integer(required=True)
    rejections = fields.List(fields.Nested(Rejection), required=True)
    gone = fields.Integer(
        required=True, metadata={"description": "Sessions that the file no longer has, and stay"}
    )
    missing = fields.List(
        fields.String(allow_none=True),
        required=True,
        metadata={"description": "Their titles and places"},
    )
    notes = fields.List(fields.String(), required=True)


class Plan(Outcome):
    """What applying would do, session by session."""

    created = fields.List(fields.Dict(), required=True)
    changed = fields.List(fields.Dict(), required=True)


class ImportSchema(Schema):
    """An import; `plan` is there from `planned` on, `report` from `applied` on."""

    id = fields.UUID(required=True)
    edition = fields.String(required=True, metadata={"description": "The edition's slug"})
    filename = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    done = fields.Integer(required=True)
    total = fields.Integer(required=True, allow_none=True)
    problem = fields.String(
        required=True, allow_none=True, metadata={"description": "Why it was refused"}
    )
    account = fields.String(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    release = fields.Integer(
        required=True, allow_none=True, metadata={"description": "The number of its release"}
    )
    plan = fields.Nested(Plan, required=True, allow_none=True)
    report = fields.Nested(Outcome, required=True, allow_none=True)


class ImportPage(Schema):
    """The latest imports."""

    items = fields.List(fields.Nested(ImportSchema), required=True)


EXAMPLE: dict[str, Any] = {
    "id": "01a1b2c3-0000-7000-8000-000000000090",
    "edition": "fds-2026",
    "filename": "schedule.xml",
    "state": "planned",
    "done": 120,
    "total": 120,
    "problem": None,
    "account": "Nour Belkacem",
    "created_at": "2026-09-01T08:00:00+00:00",
    "ended_at": None,
    "release": None,
    "plan": {
        "counts": {"sessions": {"created": 118, "changed": 1, "unchanged": 0}},
        "rejected": 1,
        "rejections": [{"line": 812, "source_id": "77", "reason": "pas de titre"}],
        "gone": 0,
        "missing": [],
        "notes": [],
        "created": [],
        "changed": [],
    },
    "report": None,
}


def shown(row: Any) -> dict[str, Any]:
    """Return an import as the API tells it; a row of the list has no plan and no report."""
    told = row._mapping
    plan, report = told.get("plan"), told.get("report")
    problem = row.problem or (plan or {}).get("problem")
    return {
        "id": row.id,
        "edition": row.edition_slug,
        "filename": row.filename,
        "state": row.state,
        "done": row.done,
        "total": row.total,
        "problem": _sentence(problem),
        "account": row.account_name,
        "created_at": row.created_at,
        "ended_at": row.ended_at,
        "release": row.release_number,
        "plan": _outcome(plan),
        "report": _outcome(report),
    }


def _outcome(summary: dict[str, Any] | None) -> dict[str, Any] | None:
    if not summary:
        return None
    return {
        **summary,
        "rejections": [
            {
                **rejection,
                "reason": _sentence(rejection["reason"]),
                "faults": [
                    {**fault, "reason": _sentence(fault["reason"])}
                    for fault in rejection.get("faults", [])
                ],
            }
            for rejection in summary["rejections"]
        ],
        "notes": [_sentence(note) for note in summary["notes"]],
    }


def _sentence(kept: Any) -> str | None:
    return str(sentence_of(kept)) if kept else None
