"""A programme as it is brought in, by an importer or the demo: plain records, nothing invented.

Every record has a `source_id`, its own name in the source it comes from; it is how a second import
finds again what the first one made. Where the source does not say, a field is `None`. `states`
names the columns that it says something of, where it does not say all that its format can: the
others stay as they are here, or begin with their defaults. `mark` is found in files that Parvis
wrote: it tells which of these columns were edited since (`importing/marks.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from shared.contracts.party_categories import USUAL_CATEGORIES
from shared.i18n import LazyText

#: A sentence for whoever brings a programme in, in the language of who reads it.
Sentence = LazyText | str


@dataclass(frozen=True)
class EditionRecord:
    """The festival and the edition; dates are local to `time_zone` (an IANA name).

    No source but ours says whom it counts (`party_categories`).
    """

    slug: str
    festival_slug: str
    festival_name_fr: str
    name_fr: str
    starts_on: date
    ends_on: date
    time_zone: str
    festival_name_en: str | None = None
    name_en: str | None = None
    contact_email: str | None = None
    party_categories: Sequence[Mapping[str, Any]] = USUAL_CATEGORIES


@dataclass(frozen=True)
class OrganisationRecord:
    """A partner that proposes activities."""

    source_id: str
    name: str
    email: str | None = None
    states: frozenset[str] | None = None
    mark: str | None = None


@dataclass(frozen=True)
class VenueRecord:
    """A site; `commune_code` is an INSEE code. Positions are WGS 84 degrees.

    `time_zone` (an IANA name) is the source's; it is kept where it is not the edition's.
    """

    source_id: str
    name: str
    address: str | None = None
    postcode: str | None = None
    commune_code: str | None = None
    commune_name: str | None = None
    commune_latitude: float | None = None
    commune_longitude: float | None = None
    latitude: float | None = None
    longitude: float | None = None
    time_zone: str | None = None
    states: frozenset[str] | None = None
    mark: str | None = None


@dataclass(frozen=True)
class SpaceRecord:
    """A room or yard of the venue named by `venue`, a venue's `source_id`.

    `sessions_at_once` is null where it takes any number.
    """

    source_id: str
    venue: str
    name: str
    capacity: int | None = None
    sessions_at_once: int | None = 1
    states: frozenset[str] | None = None
    mark: str | None = None


@dataclass(frozen=True)
class ActivityRecord:
    """The content; `organisation` is an organisation's `source_id`.

    What comes after `link` is taken from sources alone that name it in `states`; who presents and
    the picture are for exports. `presenter_ids` are those of `presenters`, empty where not known.
    """

    source_id: str
    title_fr: str
    title_en: str | None = None
    description_fr: str = ""
    description_en: str | None = None
    organisation: str | None = None
    audience: str = "everyone"
    age_min: int | None = None
    age_max: int | None = None
    theme: str | None = None
    format: str | None = None
    presenters: tuple[str, ...] = ()
    link: str | None = None
    duration_minutes: int | None = None
    school_levels: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    accessibility: tuple[str, ...] = ()
    price_note_fr: str | None = None
    price_note_en: str | None = None
    conditions_fr: str | None = None
    conditions_en: str | None = None
    presenter_ids: tuple[str, ...] = ()
    image: "ImageRecord | None" = None
    states: frozenset[str] | None = None
    mark: str | None = None


@dataclass(frozen=True)
class ImageRecord:
    """The picture of an activity, for exports: files bring none in.

    `width` and `height` are its largest in pixels, `widths` those in which it is stored.
    """

    id: str
    alt_fr: str | None = None
    alt_en: str | None = None
    credit: str | None = None
    width: int = 0
    height: int = 0
    widths: tuple[int, ...] = ()


@dataclass(frozen=True)
class Opening:
    """Weekly hours of an exhibition: ISO weekday (Monday is 1), local times `HH:MM`."""

    weekday: int
    opens: str
    closes: str


@dataclass(frozen=True)
class SessionRecord:
    """One dated occurrence; `activity`, `venue` and `space` are `source_id`s; times are aware.

    Where the source does not say how people get in (`registration` is None) or whether it takes
    place (`status` is None), a new session is free to enter and confirmed, and an old one keeps
    what the organiser chose. `line` is where it stands in the file, for the report. `uid` is the
    calendar's; `presenters` are those of the activity's who are there, where an export says so.
    """

    source_id: str
    activity: str
    venue: str
    starts_at: datetime
    ends_at: datetime
    space: str | None = None
    kind: str = "timed"
    weekly_hours: tuple[Opening, ...] = ()
    closures: tuple[date, ...] = ()
    registration: str | None = None
    registration_link: str | None = None
    registration_telephone: str | None = None
    registration_email: str | None = None
    registration_full: bool = False
    capacity: int | None = None
    seat_categories: tuple[str, ...] = ("adults", "children")
    status: str | None = None
    line: int | None = None
    uid: str | None = None
    presenters: tuple[str, ...] = ()
    states: frozenset[str] | None = None
    mark: str | None = None


@dataclass(frozen=True)
class CellFault:
    """A cell of a spreadsheet that cannot be taken, and why.

    `sheet` is its name, empty in a file that has one alone; `cell` its place (`D17`), `column` the
    heading above it and `value` what stands in it.
    """

    sheet: str
    cell: str
    column: str
    value: str
    reason: Sentence


@dataclass(frozen=True)
class Rejection:
    """A record that cannot be taken: where it stands, its name in the source, and why.

    `faults` are the cells to mend, where it comes from a spreadsheet.
    """

    line: int | None
    source_id: str
    reason: Sentence
    faults: tuple[CellFault, ...] = ()


@dataclass(frozen=True)
class Programme:
    """Everything one file brings, read and not yet compared with what is stored.

    `source` names the origin for ever (`frab:fosdem-2025`, `demo`): with a `source_id` it finds a
    record again. `notes` are sentences for the operator: what was concluded from what is missing.
    A file that Parvis wrote names rows by their ids, and `says` names by table the columns that it
    can change of those that are recognised (`importing/recognising.py`); other files have none.
    Who writes a spreadsheet knows names and no ids: its records `finds_by_name` those that are here
    already (`importing/naming.py`); a venue's, room's or organisation's `mark` is then its id.
    """

    source: str
    edition: EditionRecord
    organisations: tuple[OrganisationRecord, ...] = ()
    venues: tuple[VenueRecord, ...] = ()
    spaces: tuple[SpaceRecord, ...] = ()
    activities: tuple[ActivityRecord, ...] = ()
    sessions: tuple[SessionRecord, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    notes: tuple[Sentence, ...] = ()
    says: Mapping[str, frozenset[str]] | None = None
    finds_by_name: bool = False
