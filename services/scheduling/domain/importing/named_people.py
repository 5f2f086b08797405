"""Whom a file credits: placeholders are nobody, and no e-mail address is made public."""

from dataclasses import replace

from services.scheduling.domain.editing.people import has_address, is_somebody, without_address
from services.scheduling.domain.programme import ActivityRecord, Programme
from shared.i18n import lazy_ngettext


def with_people(programme: Programme) -> Programme:
    """Return the programme with the names of people alone, and a note where there are addresses.

    What Parvis wrote comes back as it is here: records with a mark stay as they are.
    """
    if not any(record.presenters for record in programme.activities):
        return programme
    others = [record for record in programme.activities if record.mark is None]
    addresses = {name for record in others for name in record.presenters if has_address(name)}
    note = lazy_ngettext(
        "%(n)s adresse électronique est là comme nom d’intervenant : elle n’est pas publiée comme "
        "adresse.",
        "%(n)s adresses électroniques sont là comme noms d’intervenants : elles ne sont pas "
        "publiées comme adresses.",
        len(addresses),
    )
    return replace(
        programme,
        activities=tuple(map(_credited, programme.activities)),
        notes=(*programme.notes, note) if addresses else programme.notes,
    )


def _credited(record: ActivityRecord) -> ActivityRecord:
    if record.mark is not None:
        return record
    names = map(without_address, record.presenters)
    people = tuple(dict.fromkeys(filter(is_somebody, names)))
    return record if people == record.presenters else replace(record, presenters=people)
