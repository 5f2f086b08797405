"""How a session is registered for: who may come, what is asked, what happens to seats left empty.

GET /api/v1/registration/sessions/0199…/rules
→ 200  ETag: "rules-3"  {"revision": 3, "largest_party": 5, "party_limits": {…}, …}
PUT /api/v1/registration/sessions/0199…/rules    If-Match: "rules-3"    {"largest_party": 6, …}
→ 200  ETag: "rules-4"
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, json
from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session

from services.registration.console_queries import session_line
from services.registration.domain.questions import (
    KINDS,
    LONGEST_LABEL,
    MOST_CHOICES,
    MOST_QUESTIONS,
    AskedQuestion,
)
from services.registration.domain.rules import OVERBOOKING, Limit, Rules, rules_of
from services.registration.domain.saving_rules import (
    InvalidRules,
    RulesChanged,
    may_set_rules,
    save_rules,
)
from services.registration.models import SessionSeats
from services.registration.rule_words import fault_words
from shared.i18n import gettext as _
from shared.identifiers import new_id
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.api_description import ETAG
from shared.web.caching import uncached
from shared.web.conditional import needs_if_match, seen_tag, stale
from shared.web.problems import Problem
from shared.web.tokens import current_token, require_scope

blueprint = ApiBlueprint(
    "Rules of registration",
    __name__,
    url_prefix="/api/v1/registration/sessions/<uuid:session_id>/rules",
    description="Whom a party may count, what it is asked, and what happens to seats left empty",
)

_SESSION = [{"in": "path", "name": "session_id", "description": "The session's id"}]
_SMALL = validate.Range(0, 1000)


def _number(description: str = "") -> fields.Integer:
    return fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=_SMALL,
        metadata={"description": description} if description else {},
    )


def _line() -> fields.String:
    return fields.String(
        load_default=None, allow_none=True, validate=validate.Length(max=LONGEST_LABEL)
    )


class RuleText(Schema):
    """A text in French, and in English where it was written."""

    fr = fields.String(required=True, validate=validate.Length(1, LONGEST_LABEL))
    en = _line()


class LimitBody(Schema):
    """The least and the most heads; null where there is no limit."""

    least = _number()
    most = _number()


class QuestionBody(Schema):
    """Something that a party is asked. A choice is answered with its French text."""

    id = fields.UUID(load_default=None, allow_none=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    label = fields.Nested(RuleText, required=True)
    purpose = fields.Nested(RuleText, required=True)
    choices = fields.List(
        fields.Nested(RuleText), load_default=list, validate=validate.Length(max=MOST_CHOICES)
    )
    required = fields.Boolean(load_default=False, attribute="is_required")
    forgotten_on = fields.Date(
        required=True, metadata={"description": "The day by which the answers are erased"}
    )


class RulesBody(Schema):
    """Everything that holds from now on; what is left out is no longer asked for."""

    party_limits = fields.Dict(
        keys=fields.String(validate=validate.Length(max=60)),
        values=fields.Nested(LimitBody),
        load_default=dict,
        metadata={"description": "By the codes of the edition's `party_categories`"},
    )
    least_party = _number("Fewer people than these are not taken, all categories together")
    largest_party = _number("More people than these are not taken, all categories together")
    wheelchair_places = _number("Counted apart from the seats; null where they are not limited")
    questions = fields.List(
        fields.Nested(QuestionBody), load_default=list, validate=validate.Length(max=MOST_QUESTIONS)
    )
    asks_hours = _number("So many hours before the start it is asked who still comes; null: never")
    answer_hours = _number("How many hours there are to answer; then the seats go to who waits")
    overbooking = fields.String(load_default="off", validate=validate.OneOf(OVERBOOKING))
    overbooking_seats = _number("With `fixed`: so many more seats than there are")
    overbooking_risk = fields.Float(
        load_default=None,
        allow_none=True,
        validate=validate.Range(0, 1),
        metadata={"description": "With `learned`: the probability that somebody may have to stand"},
    )


class RulesAnswer(RulesBody):
    """The rules as they are; `extra_seats` may be taken beyond the capacity now."""

    revision = fields.Integer(required=True)
    extra_seats = fields.Integer(required=True)


_BODY = {
    "party_limits": {"adults": {"least": 1, "most": None}},
    "least_party": None,
    "largest_party": 5,
    "wheelchair_places": 2,
    "questions": [
        {
            "id": None,
            "kind": "choice",
            "label": {"fr": "Votre langue", "en": "Your language"},
            "purpose": {"fr": "Former les groupes", "en": None},
            "choices": [{"fr": "Français", "en": "French"}, {"fr": "Anglais", "en": "English"}],
            "required": True,
            "forgotten_on": "2026-11-12",
        }
    ],
    "asks_hours": 72,
    "answer_hours": 24,
    "overbooking": "off",
    "overbooking_seats": None,
    "overbooking_risk": None,
}
_EXAMPLE = {**_BODY, "revision": 3, "extra_seats": 0}


@blueprint.get("", endpoint="get_session_rules", parameters=_SESSION)
@require_scope("registrations:read")
@blueprint.response(200, RulesAnswer, example=_EXAMPLE, headers=ETAG)
@blueprint.alt_response(404, description="No such session was released")
def get_rules(session_id: UUID) -> Response:
    """Tell the rules of a session of one's own; for its organiser and coordinators."""
    with current_context().database.read() as db:
        _open(db, session_id)
        return _answer(db, session_id)


@blueprint.put("", endpoint="set_session_rules", parameters=_SESSION)
@require_scope("registrations:write")
@needs_if_match
@blueprint.arguments(RulesBody, example=_BODY)
@blueprint.response(200, RulesAnswer, example=_EXAMPLE, headers=ETAG)
@blueprint.alt_response(404, description="No such session was released")
def set_rules(body: Mapping[str, Any], session_id: UUID) -> Response:
    """Set the rules of a session, in force at once; answers to dropped questions are erased.

    What is asked for is a state: asked for again, it is told as it is.
    """
    context = current_context()
    try:
        with context.database.write() as db:
            _open(db, session_id)
            known = rules_of(db, [session_id])[session_id]
            if seen_tag() != f"rules-{known.revision}":
                if _is_there(body, _told(db, session_id)):
                    return _answer(db, session_id)
                raise RulesChanged
            wanted = _rules(body, known)
            save_rules(db, session_id, wanted, body["wheelchair_places"], now=context.clock())
            return _answer(db, session_id)
    except InvalidRules as invalid:
        errors = _nested({path: fault_words(path, code) for path, code in invalid.faults.items()})
        raise Problem(422, "invalid", errors={"json": errors}) from invalid
    except RulesChanged as changed:
        with context.database.read() as db:
            current = _told(db, session_id)
        raise stale(f"rules-{current['revision']}", current) from changed


def _open(db: Session, session_id: UUID) -> None:
    found = session_line(db, session_id)
    if found is None:
        raise Problem(404, "unknown_session", detail=_("Cette séance n’existe pas."))
    if not may_set_rules(current_token(), found[0].organisation_id):
        raise Problem(
            403,
            "not_yours",
            detail=_("Les règles d’une séance sont à sa structure et à la coordination."),
        )


def _is_there(body: Mapping[str, Any], told: Mapping[str, Any]) -> bool:
    """Tell whether the rules are what is asked for, but for the ids that questions were given."""
    wanted = RulesBody().dump(body)
    for question, known in zip(wanted["questions"], told["questions"], strict=False):
        question["id"] = question["id"] or known["id"]
    return all(wanted[name] == told[name] for name in wanted)


def _rules(body: Mapping[str, Any], known: Rules) -> Rules:
    return Rules(
        party_limits={name: Limit(**limit) for name, limit in body["party_limits"].items()},
        least_party=body["least_party"],
        largest_party=body["largest_party"],
        questions=tuple(_question(one) for one in body["questions"]),
        asks_hours=body["asks_hours"],
        answer_hours=body["answer_hours"],
        overbooking=body["overbooking"],
        overbooking_seats=body["overbooking_seats"],
        overbooking_risk=body["overbooking_risk"],
        revision=known.revision,
    )


def _question(body: Mapping[str, Any]) -> AskedQuestion:
    choices = tuple(body["choices"]) if body["kind"] == "choice" else ()
    return AskedQuestion(**{**body, "id": body["id"] or new_id(), "choices": choices})


def _told(db: Session, session_id: UUID) -> dict[str, Any]:
    rules = rules_of(db, [session_id])[session_id]
    seats = db.get_one(SessionSeats, session_id, populate_existing=True)
    limits = {
        name: {"least": one.least, "most": one.most} for name, one in rules.party_limits.items()
    }
    told = {
        name: getattr(rules, name)
        for name in RulesBody().fields
        if name not in ("party_limits", "wheelchair_places")
    }
    answer: dict[str, Any] = RulesAnswer().dump(
        {
            **told,
            "party_limits": limits,
            "wheelchair_places": seats.wheelchair_places,
            "revision": rules.revision,
            "extra_seats": seats.extra,
        }
    )
    return answer


def _answer(db: Session, session_id: UUID) -> Response:
    told = _told(db, session_id)
    response = Response(json.dumps(told), content_type="application/json")
    response.set_etag(f"rules-{told['revision']}")
    return uncached(response)


def _nested(errors: Mapping[str, str]) -> dict[str, Any]:
    """Return the errors nested as the body is, by the steps of their paths."""
    nested: dict[str, Any] = {}
    for path, sentence in errors.items():
        *above, last = path.split("/")
        place = nested
        for step in above:
            place = place.setdefault(step, {})
        place[last] = [sentence]
    return nested
