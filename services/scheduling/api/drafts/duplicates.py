"""Venues, organisations and presenters that may be there twice, and making two of them one.

GET /api/v1/draft/venues/duplicates
→ {"items": [{"rows": [{"name": "MJC Lucie Aubrac", …}, {"name": "M.J.C. Lucie-Aubrac", …}],
              "score": 94, "same_address": true, "metres": 12}], "next": null}
GET /api/v1/draft/venues/0199…/merge?gone=0198…
→ ETag: "9d1c…"  {"taken": {"website": …}, "rooms": ["Auditorium"], "moves": {"sessions": 12}, …}
POST /api/v1/draft/venues/0199…/merge    If-Match: "9d1c…"    {"gone": "0198…"}
→ 200  the venue that is kept
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, json
from marshmallow import RAISE
from sqlalchemy.orm import Session as DbSession

from services.scheduling.api.drafts.answers import as_problem, forbidden, fresh, invalid
from services.scheduling.api.drafts.duplicate_schemas import (
    GONE_ID,
    LIKELY_EXAMPLE,
    PAIRS_EXAMPLE,
    PREVIEW_EXAMPLE,
    LikelyQuery,
    LikelySchema,
    MergeBody,
    MergeQuery,
    PairsSchema,
    PreviewSchema,
)
from services.scheduling.api.drafts.noun import (
    READ,
    RELEASE,
    WRITE,
    Noun,
    answer_one,
    identified,
    summary,
)
from services.scheduling.api.drafts.organisations import ORGANISATIONS
from services.scheduling.api.drafts.presenters import PRESENTERS
from services.scheduling.api.drafts.venues import VENUES
from services.scheduling.domain import duplicates as domain
from services.scheduling.domain.distances import Point
from services.scheduling.domain.duplicates import Known, Likeness
from services.scheduling.domain.history.entries import as_json
from services.scheduling.domain.merging import (
    Preview,
    SameRow,
    merge_organisations,
    merge_presenters,
    merge_venues,
    preview,
    take_both,
)
from services.scheduling.domain.permissions import may
from services.scheduling.queries.merging import compared
from services.scheduling.schemas import PageQuery
from shared.i18n import lazy_gettext as _l
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.api_description import ETAG
from shared.web.caching import conditional_json, digest_of
from shared.web.conditional import needs_if_match, seen_tag, stale
from shared.web.cursors import read_cursor, write_cursor
from shared.web.idempotency import written_once
from shared.web.tokens import current_token, require_scope

blueprint = ApiBlueprint(
    "Drafts: duplicates",
    __name__,
    url_prefix="/api/v1/draft",
    description="What may be there twice, and making two of the same one",
)


@dataclass(frozen=True)
class _Twice:
    """What can be there twice: its noun, and what finds and merges it."""

    noun: Noun
    find: Callable[[DbSession, Known], list[Likeness]]
    merge: Callable[..., Any]


def _add(twice: _Twice) -> None:
    noun = twice.noun
    _add_reads(twice)

    @blueprint.get(
        f"/{noun.plural}/<uuid:row_id>/merge",
        endpoint=f"preview_{noun.singular}_merge",
        parameters=identified(noun),
    )
    @require_scope(READ)
    @blueprint.arguments(MergeQuery, location="query", unknown=RAISE)
    @blueprint.response(200, PreviewSchema, example=PREVIEW_EXAMPLE, headers=ETAG)
    @blueprint.alt_response(304, description="Unchanged")
    @blueprint.alt_response(404, description=f"One of the two {noun.plural} is not there")
    @summary(f"Tell what letting one {noun.singular} be another too would do, and do nothing.")
    def preview_merge(query: dict[str, Any], row_id: UUID) -> Response:
        _check_may_merge(noun)
        with current_context().database.read() as db:
            body, tag = _previewed(db, noun, row_id, query["gone"], "query")
        return conditional_json(body, tag)

    @blueprint.post(
        f"/{noun.plural}/<uuid:row_id>/merge",
        endpoint=f"merge_{noun.singular}",
        parameters=identified(noun),
    )
    @require_scope(WRITE, RELEASE)
    @needs_if_match
    @blueprint.arguments(MergeBody, example={"gone": GONE_ID})
    @blueprint.response(200, noun.answer, example=noun.example, headers=ETAG)
    @blueprint.alt_response(404, description=f"One of the two {noun.plural} is not there")
    @written_once(needs_key=False)
    @summary(
        f"Let the {noun.singular} in the address be the other too, whose address leads here."
        " `If-Match` has the ETag of the preview: what is done is what was seen."
    )
    def merge(db: DbSession, values: dict[str, Any], row_id: UUID) -> Response:
        _check_may_merge(noun)
        gone_id = values["gone"]
        with as_problem(noun, db):
            try:
                take_both(db, noun.model, row_id, gone_id)
            except SameRow as error:
                raise _same() from error
            body, tag = _previewed(db, noun, row_id, gone_id, "json")
            if seen_tag() != tag:
                raise stale(tag, json.loads(body))
            who: dict[str, Any] = {
                "account_id": current_token().account_id,
                "now": current_context().clock(),
            }
            twice.merge(db, row_id, gone_id, **who)
        return answer_one(noun, fresh(db, noun, row_id))


def _add_reads(twice: _Twice) -> None:
    noun = twice.noun

    @blueprint.get(f"/{noun.plural}/duplicates", endpoint=f"list_{noun.singular}_duplicates")
    @require_scope(READ)
    @blueprint.arguments(PageQuery, location="query", unknown=RAISE)
    @blueprint.response(200, PairsSchema, example=PAIRS_EXAMPLE, headers=ETAG)
    @blueprint.alt_response(304, description="Unchanged")
    @summary(f"List the pairs of {noun.plural} that may be one and the same, the likeliest first.")
    def list_duplicates(query: dict[str, Any]) -> Response:
        _check_may_merge(noun)
        position, limit = read_cursor(query.get("cursor"), int, str, str, str), query["limit"]
        with current_context().database.read() as db:
            pairs = sorted(domain.likely_pairs(db, noun.model), key=_place)
        rest = [pair for pair in pairs if position is None or _place(pair) > position]
        following = write_cursor(*_place(rest[limit - 1])) if len(rest) > limit else None
        items = [_pair(*pair) for pair in rest[:limit]]
        body = json.dumps(PairsSchema().dump({"items": items, "next": following})).encode()
        return conditional_json(body)

    @blueprint.get(f"/{noun.plural}/likely", endpoint=f"find_likely_{noun.plural}")
    @require_scope(READ)
    @blueprint.arguments(LikelyQuery, location="query", unknown=RAISE)
    @blueprint.response(200, LikelySchema, example=LIKELY_EXAMPLE, headers=ETAG)
    @blueprint.alt_response(304, description="Unchanged")
    @summary(f"Find the {noun.plural} that a new one may be a duplicate of, before it is made.")
    def find_likely(query: dict[str, Any]) -> Response:
        point = None
        if "latitude" in query and "longitude" in query:
            point = Point(query["latitude"], query["longitude"])
        about = (query.get("address"), query.get("commune"))
        with current_context().database.read() as db:
            found = twice.find(db, Known(None, query["name"], *about, point=point))
        body = json.dumps(LikelySchema().dump({"items": found})).encode()
        return conditional_json(body)


def _previewed(
    db: DbSession, noun: Noun, kept_id: UUID, gone_id: UUID, place: str
) -> tuple[bytes, str]:
    """Return what merging would do as JSON, and its tag."""
    with as_problem(noun, db):
        try:
            found = preview(db, noun.model, kept_id, gone_id)
        except SameRow as error:
            raise _same(place) from error
    content = PreviewSchema().dump(_preview(found, compared(db, noun.model, [gone_id])[0].uses))
    body = json.dumps(content).encode()
    return body, digest_of(body)


def _preview(found: Preview, uses: Mapping[str, int]) -> dict[str, Any]:
    return {
        "kept": found.kept,
        "gone": found.gone,
        "taken": as_json(found.taken),
        "rooms": found.rooms,
        "moves": {name: number for name, number in sorted(uses.items()) if number},
    }


def _same(place: str = "json") -> Any:
    return invalid({"gone": _l("Choisissez une autre fiche : celle-ci reste.")}, place)


def _check_may_merge(noun: Noun) -> None:
    if not may(current_token(), "merge", noun.plural):
        raise forbidden()


def _place(pair: tuple[Known, Likeness]) -> tuple[int, str, str, str]:
    one, likeness = pair
    return -likeness.score, one.name, str(one.id), str(likeness.row.id)


def _pair(one: Known, likeness: Likeness) -> dict[str, Any]:
    figures = {name: getattr(likeness, name) for name in ("score", "same_address", "metres")}
    return {"rows": [one, likeness.row], **figures}


for _each in (
    _Twice(VENUES, domain.likely_venues, merge_venues),
    _Twice(ORGANISATIONS, domain.likely_organisations, merge_organisations),
    _Twice(PRESENTERS, domain.likely_presenters, merge_presenters),
):
    _add(_each)
