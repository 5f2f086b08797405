"""The texts that the law asks for, and what the operator alone knows; for the coordination.

PATCH /api/v1/texts/legal_notice    If-Match: "text-3"    {"facts": {"host": "Example SAS"}}
→ 200  ETag: "text-4"  {"key": "legal_notice", "facts": {"host": "Example SAS", …}, "missing": […]}
"""

from collections.abc import Mapping
from typing import Any

from flask import Response, json
from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session as DbSession

from services.scheduling.api.drafts.answers import check_ever, invalid, tagged, unknown
from services.scheduling.api.drafts.fields import changes_of
from services.scheduling.api.drafts.noun import READ, RELEASE, WRITE
from services.scheduling.domain import site_texts as domain
from services.scheduling.domain.editing.revisions import Conflict, Invalid
from services.scheduling.domain.site_facts import FACTS
from services.scheduling.models import SiteText
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.api_description import ETAG
from shared.web.caching import conditional_json
from shared.web.conditional import needs_if_match, seen_tag, stale
from shared.web.idempotency import written_once
from shared.web.site_facts import forget_site
from shared.web.tokens import current_token, require_scope

blueprint = ApiBlueprint(
    "Texts",
    __name__,
    url_prefix="/api/v1/texts",
    description="Accessibility, legal notice, personal data: what every page's foot leads to",
)

_KEY = {
    "in": "path",
    "name": "key",
    "schema": {"type": "string", "enum": list(domain.KEYS)},
    "description": "Which text",
}


class SiteTextBody(Schema):
    """What is said."""

    text_fr = fields.String(
        validate=validate.Length(max=domain.LONGEST_TEXT), metadata={"description": "Markdown"}
    )
    text_en = fields.String(
        validate=validate.Length(max=domain.LONGEST_TEXT), metadata={"description": "Markdown"}
    )
    facts = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata={"description": "Facts by their names, as one types them; empty: not said"},
    )


class SiteTextSchema(SiteTextBody):
    """A text as it is shown, with its facts."""

    key = fields.String(required=True)
    revision = fields.Integer(
        required=True, metadata={"description": "0: everything is as it was installed"}
    )
    missing = fields.List(
        fields.String(), required=True, metadata={"description": "Facts that it still lacks"}
    )


class SiteTextsSchema(Schema):
    """All texts, in the order of the pages' foot."""

    items = fields.List(fields.Nested(SiteTextSchema), required=True)


_BODY = {
    "text_fr": "# Données personnelles",
    "text_en": "# Personal data",
    "facts": {
        "responsible": "Association Parvis",
        "contact_email": "dpo@example.org",
        "dpo": "",
        "retention_months": "12",
    },
}
EXAMPLE = {"key": "personal_data", "revision": 3, "missing": [], **_BODY}


@blueprint.get("")
@require_scope(READ)
@blueprint.response(200, SiteTextsSchema, example={"items": [EXAMPLE]}, headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
def list_texts() -> Response:
    """List the texts with their facts, and what they still lack."""
    check_ever("change", SiteText)
    with current_context().database.read() as db:
        texts = domain.site_texts(db)
    content = {"items": [_content(texts, key) for key in domain.KEYS]}
    body = json.dumps(content).encode()
    return conditional_json(body)


@blueprint.get("/<key>", parameters=[_KEY])
@require_scope(READ)
@blueprint.response(200, SiteTextSchema, example=EXAMPLE, headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
@blueprint.alt_response(404, description="There is no such text")
def get_text(key: str) -> Response:
    """Give one text with its facts."""
    check_ever("change", SiteText)
    with current_context().database.read() as db:
        texts = _texts(db, key)
    return conditional_json(json.dumps(_content(texts, key)).encode(), _tag(texts, key))


@blueprint.patch("/<key>", parameters=[_KEY])
@require_scope(WRITE, RELEASE)
@needs_if_match
@blueprint.arguments(changes_of(SiteTextBody), example=_BODY)
@blueprint.response(200, SiteTextSchema, example=EXAMPLE, headers=ETAG)
@blueprint.alt_response(404, description="There is no such text")
@written_once(needs_key=False)
def change_text(db: DbSession, values: Mapping[str, Any], key: str) -> Response:
    """Change a text or its facts, for everybody to see at once; what is left out stays."""
    check_ever("change", SiteText)
    texts = _texts(db, key)
    if seen_tag() != _tag(texts, key):
        raise stale(_tag(texts, key), _content(texts, key))
    who: dict[str, Any] = {
        "account_id": current_token().account_id,
        "now": current_context().clock(),
    }
    try:
        domain.save(db, key, _typed(texts, key, values), revision=texts.revision(key), **who)
    except Conflict as error:
        texts = domain.site_texts(db)
        raise stale(_tag(texts, key), _content(texts, key)) from error
    except Invalid as error:
        own = ("text_fr", "text_en")
        faults = {k if k in own else f"facts.{k}": why for k, why in error.faults.items()}
        raise invalid(faults) from error
    forget_site()
    texts = domain.site_texts(db)
    body = json.dumps(_content(texts, key))
    return tagged(Response(body, content_type="application/json"), _tag(texts, key))


def _texts(db: DbSession, key: str) -> domain.SiteTexts:
    if key not in domain.KEYS:
        raise unknown()
    return domain.site_texts(db)


def _typed(texts: domain.SiteTexts, key: str, values: Mapping[str, Any]) -> dict[str, str]:
    """Return all that the text's form would hold; raises a problem for facts that it has not."""
    typed = domain.values_of(texts, key)
    facts = values.get("facts", {})
    known = {field.name for field in FACTS[key]}
    strange = sorted(facts.keys() - known)
    if strange:
        names = ", ".join(sorted(known))
        raise invalid({"facts": _("Ce texte ne dit que : %(names)s.", names=names)})
    own = {name: value for name, value in values.items() if name != "facts"}
    return {**typed, **own, **facts}


def _content(texts: domain.SiteTexts, key: str) -> dict[str, Any]:
    typed = domain.values_of(texts, key)
    content = {
        "key": key,
        "revision": texts.revision(key),
        "text_fr": typed["text_fr"],
        "text_en": typed["text_en"],
        "facts": {field.name: typed[field.name] for field in FACTS[key]},
        "missing": [field.name for field in texts.missing(key)],
    }
    dumped: dict[str, Any] = SiteTextSchema().dump(content)
    return dumped


def _tag(texts: domain.SiteTexts, key: str) -> str:
    return f"text-{texts.revision(key)}"
