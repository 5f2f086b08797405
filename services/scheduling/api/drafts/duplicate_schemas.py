"""How likely duplicates and merging look in JSON."""

from marshmallow import Schema, fields, validate

from services.scheduling.domain.duplicates import ALIKE, MOST, NEAR_KM, SOMEWHAT

_NO_CONTROL = validate.Regexp(r"^[^\x00-\x1f\x7f]*$")


class KnownSchema(Schema):
    """What is compared of a row."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    address = fields.String(required=True, allow_none=True)
    commune_id = fields.UUID(required=True, allow_none=True)
    commune = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The commune's name; of a presenter, the organisation's"},
    )


class FiguresSchema(Schema):
    """Why two rows may be one."""

    score = fields.Integer(
        required=True,
        metadata={
            "description": f"How alike their names are, of 100: {ALIKE} alone is enough, "
            f"{SOMEWHAT} where the place is the same"
        },
    )
    same_address = fields.Boolean(required=True)
    metres = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": f"How far apart, if not beyond {round(NEAR_KM * 1000)} m"},
    )


class PairSchema(FiguresSchema):
    """Two rows that may be one."""

    rows = fields.List(fields.Nested(KnownSchema), required=True, validate=validate.Length(equal=2))


class PairsSchema(Schema):
    """Pairs, the likeliest first."""

    items = fields.List(fields.Nested(PairSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class LikenessSchema(FiguresSchema):
    """A row that a new one may be."""

    row = fields.Nested(KnownSchema, required=True)


class LikelySchema(Schema):
    """What a new one may be a duplicate of."""

    items = fields.List(
        fields.Nested(LikenessSchema),
        required=True,
        metadata={"description": f"The likeliest first, {MOST} at most"},
    )


class LikelyQuery(Schema):
    """What is known of the new one."""

    name = fields.String(
        required=True,
        validate=[validate.Length(1, 200), _NO_CONTROL],
        metadata={"description": "Its name"},
    )
    address = fields.String(validate=_NO_CONTROL, metadata={"description": "Its address"})
    commune = fields.UUID(metadata={"description": "Its commune's id"})
    latitude = fields.Float(
        validate=validate.Range(-90, 90), metadata={"description": "With the longitude"}
    )
    longitude = fields.Float(
        validate=validate.Range(-180, 180), metadata={"description": "With the latitude"}
    )


class MergeQuery(Schema):
    """Which one is not kept."""

    gone = fields.UUID(required=True, metadata={"description": "The id of the one that goes"})


class MergeBody(Schema):
    """Which one is not kept."""

    gone = fields.UUID(required=True, metadata={"description": "The id of the one that goes"})


class MergedRowSchema(Schema):
    """One of the two, as it is now."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    revision = fields.Integer(required=True)


class PreviewSchema(Schema):
    """What merging would do."""

    kept = fields.Nested(MergedRowSchema, required=True)
    gone = fields.Nested(MergedRowSchema, required=True)
    taken = fields.Dict(
        required=True,
        metadata={"description": "What the kept one did not know, and takes from the other"},
    )
    rooms = fields.List(
        fields.String(), required=True, metadata={"description": "Rooms that both have become one"}
    )
    moves = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "How many rows of which tables refer to the kept one instead"},
    )


_ROWS = [
    {
        "id": "01a1b2c3-0000-7000-8000-000000000063",
        "name": "MJC Lucie Aubrac",
        "address": "56 rue du Général Mangin",
        "commune_id": "01a1b2c3-0000-7000-8000-000000000068",
        "commune": "Grenoble",
    },
    {
        "id": "01a1b2c3-0000-7000-8000-000000000069",
        "name": "M.J.C. Lucie-Aubrac",
        "address": "56, r. du Général-Mangin",
        "commune_id": "01a1b2c3-0000-7000-8000-000000000068",
        "commune": "Grenoble",
    },
]
GONE_ID = _ROWS[1]["id"]
_FIGURES = {"score": 84, "same_address": True, "metres": 12}

PAIRS_EXAMPLE = {"items": [{"rows": _ROWS, **_FIGURES}], "next": None}
LIKELY_EXAMPLE = {"items": [{"row": _ROWS[0], **_FIGURES}]}
PREVIEW_EXAMPLE = {
    "kept": {"id": _ROWS[0]["id"], "name": _ROWS[0]["name"], "revision": 3},
    "gone": {"id": GONE_ID, "name": _ROWS[1]["name"], "revision": 1},
    "taken": {"website": "https://example.org"},
    "rooms": ["Auditorium"],
    "moves": {"sessions": 12, "spaces": 2},
}
