"""Records as a file can carry them: what is written is what is read again, sign by sign."""

from dataclasses import replace

from services.scheduling.domain.importing.marks import long_text, one_line
from services.scheduling.domain.programme import ActivityRecord, SessionRecord, VenueRecord
from services.scheduling.importers.ways_in import WaysIn, ways_in

#: What stands for a title that has no letter left.
UNTITLED = "Sans titre"
_LONGEST_TITLE = 500
_LONGEST_TEXT = 100_000


def cleaned_activity(record: ActivityRecord) -> ActivityRecord:
    """Return the record with texts that every format can carry."""
    ids = record.presenter_ids or ("",) * len(record.presenters)
    known: dict[str, str] = {}
    for name, identifier in zip(map(one_line, record.presenters), ids, strict=True):
        if name:
            known.setdefault(name, identifier)
    return replace(
        record,
        title_fr=one_line(record.title_fr)[:_LONGEST_TITLE].strip() or UNTITLED,
        title_en=one_line(record.title_en or "")[:_LONGEST_TITLE].strip() or None,
        description_fr=long_text(record.description_fr)[:_LONGEST_TEXT].strip(),
        description_en=long_text(record.description_en or "")[:_LONGEST_TEXT].strip() or None,
        theme=one_line(record.theme or "") or None,
        format=one_line(record.format or "") or None,
        presenters=tuple(known),
        presenter_ids=tuple(known.values()),
    )


def cleaned_venue(record: VenueRecord) -> VenueRecord:
    """Return the record with texts that every format can carry."""
    return replace(
        record,
        name=one_line(record.name)[:_LONGEST_TITLE].strip() or UNTITLED,
        address=one_line(record.address or "") or None,
        postcode=one_line(record.postcode or "") or None,
        commune_name=one_line(record.commune_name or "") or None,
    )


def own_ways_of(record: SessionRecord) -> WaysIn:
    """Return the ways in of the organiser's own that a file can tell."""
    if record.registration != "elsewhere":
        return WaysIn()
    stated = (
        ("link", record.registration_link),
        ("phone", record.registration_telephone),
        ("email", record.registration_email),
    )
    return ways_in([{"type": kind, "value": value} for kind, value in stated if value])


def names_of(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return names on one line, each once."""
    return tuple(dict.fromkeys(name for name in map(one_line, names) if name))
