"""What scheduling's JSON API can be asked, and how its lists are parted into pages."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from marshmallow import Schema, ValidationError, fields, pre_load, validate

from services.scheduling.domain.accessibility import ACCESSIBILITY
from services.scheduling.domain.audiences import AUDIENCES, OLDEST
from services.scheduling.domain.distances import read_point
from services.scheduling.domain.languages import LANGUAGES
from services.scheduling.domain.school_levels import SCHOOL_LEVELS
from services.scheduling.models import Edition
from shared.contracts import scheduling as contract
from shared.i18n import LOCALES
from shared.i18n import gettext as _

#: The days in `from` and `to` begin and end at this zone's midnights.
DAYS_ARE_OF = ZoneInfo("Europe/Paris")

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 200

# Beyond these, arithmetic with time zones overflows, and no programme goes there.
_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)


def _word(description: str) -> fields.String:
    """Return a field for a text to look for: PostgreSQL takes no NUL, and nobody seeks the rest."""
    no_control = validate.Regexp(r"^[^\x00-\x1f\x7f]*$")
    return fields.String(validate=no_control, metadata={"description": description})


def _is_on_earth(text: str) -> None:
    if read_point(text) is None:
        raise ValidationError(_("Écrivez une latitude et une longitude : 45.187,5.735."))


def _one_of(codes: tuple[str, ...], description: str) -> fields.String:
    """Return a field for one of the known codes."""
    return fields.String(validate=validate.OneOf(codes), metadata={"description": description})


class Moment(fields.String):
    """A day (`2026-10-03`, in Paris) or an instant (`2026-10-03T10:00:00+02:00`), read as UTC.

    `end` makes a day stand for its end.
    """

    def __init__(self, *, end: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._end = end

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        try:
            if len(text) == len("2026-10-03"):
                at = time.max if self._end else time.min
                moment = datetime.combine(date.fromisoformat(text), at, DAYS_ARE_OF)
            else:
                # In an address that was not encoded, the plus sign of an offset is a space.
                moment = datetime.fromisoformat(text.replace(" ", "+"))
        except ValueError as error:
            raise ValidationError(
                _("Écrivez un jour (2026-10-03) ou un instant avec son décalage horaire.")
            ) from error
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=DAYS_ARE_OF)
        try:
            return min(max(moment.astimezone(UTC), _EARLIEST), _LATEST)
        except OverflowError:
            return _EARLIEST if moment.year < 5000 else _LATEST


_MOMENT = {
    "description": "A day (2026-10-03) or an instant (2026-10-03T10:00:00+02:00)",
    "anyOf": [{"format": "date"}, {"format": "date-time"}],
}


class PageQuery(Schema):
    """What every list can be asked; an empty parameter is as good as none."""

    cursor = _word("`next` of the page before")
    limit = fields.Integer(
        load_default=DEFAULT_LIMIT,
        validate=validate.Range(1, LARGEST_LIMIT),
        metadata={"description": "How many items a page has at most"},
    )

    @pre_load
    def _drop_empty(self, data: Any, **_kwargs: Any) -> Any:
        return {name: value for name, value in data.items() if value != ""}


class ListQuery(PageQuery):
    """What every list of the public programme can be asked."""

    lang = fields.String(
        load_default="fr",
        validate=validate.OneOf(LOCALES),
        metadata={"description": "Language of titles and texts, where they exist in it"},
    )


class SessionsQuery(ListQuery):
    """Which sessions are wanted; those that last into the period from `from` to `to` count."""

    edition = _word("The edition's slug")
    commune = _word("The commune's INSEE code")
    venue = fields.UUID(metadata={"description": "The venue's id"})
    space = fields.UUID(metadata={"description": "The space's id"})
    organisation = fields.UUID(metadata={"description": "The organisation's id"})
    activity = fields.UUID(metadata={"description": "The activity's id"})
    presenter = fields.UUID(metadata={"description": "The id of whoever presents"})
    theme = _word("The theme, or the slug of its name")
    audience = _one_of(AUDIENCES, "For whom the activity is meant")
    age = fields.Integer(
        validate=validate.Range(0, OLDEST),
        metadata={"description": "Sessions that suit somebody of this age, in years"},
    )
    accessibility = _one_of(ACCESSIBILITY, "Sessions or places accessible to them")
    language = _one_of(LANGUAGES, "The language in which the activity is given")
    level = _one_of(SCHOOL_LEVELS, "The school level that the activity suits")
    free_entry = fields.Boolean(metadata={"description": "Only what needs no reservation"})
    has_room = fields.Boolean(
        metadata={"description": "Only what one may still come to, as far as is known"}
    )
    near = fields.String(
        validate=_is_on_earth,
        metadata={"description": "A position, latitude first", "example": "45.187,5.735"},
    )
    within_km = fields.Float(
        load_default=10.0,
        validate=validate.Range(0.1, 500),
        metadata={"description": "How far from `near`, in kilometres"},
    )
    starting = Moment(data_key="from", metadata=_MOMENT)
    ending = Moment(end=True, data_key="to", metadata=_MOMENT)
    q = _word("Words, all of which must be found; one typing error is forgiven")


class VenuesQuery(ListQuery):
    """Which venues are wanted."""

    commune = _word("The commune's INSEE code")
    q = _word("Words, all of which must be in the name")


class WordsQuery(PageQuery):
    """Which drafts are wanted, by the words in their names."""

    q = _word("Words, all of which must be in the name or title")


class EditionQuery(WordsQuery):
    """Which drafts of which edition are wanted."""

    edition = _word("The edition's slug")


class DraftSessionsQuery(EditionQuery):
    """Which sessions of the working copy are wanted; the period counts as in `SessionsQuery`."""

    activity = fields.UUID(metadata={"description": "The activity's id"})
    venue = fields.UUID(metadata={"description": "The venue's id"})
    space = fields.UUID(metadata={"description": "The space's id"})
    status = fields.String(
        validate=validate.OneOf(contract.STATUSES),
        metadata={"description": "Whether it takes place"},
    )
    starting = Moment(data_key="from", metadata=_MOMENT)
    ending = Moment(end=True, data_key="to", metadata=_MOMENT)


def words_in(column: Any, query: Mapping[str, Any]) -> list[Any]:
    """Return the conditions that a column holds every word of `q`."""
    return [column.icontains(word, autoescape=True) for word in query.get("q", "").split()]


def in_edition(column: Any, query: Mapping[str, Any]) -> list[Any]:
    """Return the condition that a column refers to the edition that is asked for, if one is."""
    if "edition" not in query:
        return []
    return [column.in_(sa.select(Edition.id).where(Edition.slug == query["edition"]))]


class SessionQuery(Schema):
    """In which language one session is wanted."""

    lang = ListQuery._declared_fields["lang"]


def page_of(item: type[Schema]) -> Schema:
    """Return the schema of one page of a list: `items`, and `next`, null on the last page."""
    return Schema.from_dict(
        {
            "items": fields.List(fields.Nested(item), required=True),
            "next": fields.String(required=True, allow_none=True),
        },
        name=f"{item.__name__.removesuffix('Schema')}Page",
    )()
