"""The demo edition put together."""

from datetime import date

from deploy.demo.activities import activity_record, stored_activities
from deploy.demo.days import TIME_ZONE, first_day, last_day
from deploy.demo.organisations import organisations
from deploy.demo.places import spaces, venues
from deploy.demo.sessions import activity_sessions
from services.scheduling.domain.programme import EditionRecord, Programme


def demo_programme(today: date) -> Programme:
    """Return *Fête de la science, Isère*: eleven days that start on a Friday in about four weeks.

    The same `today` gives the same programme; another one moves the dates and nothing else.
    """
    first = first_day(today)
    stored = list(stored_activities())
    return Programme(
        source="demo",
        edition=EditionRecord(
            slug="fete-de-la-science-isere",
            festival_slug="fete-de-la-science",
            festival_name_fr="Fête de la science",
            festival_name_en="Science Festival",
            name_fr="Fête de la science, Isère",
            name_en="Science Festival, Isère",
            starts_on=first,
            ends_on=last_day(first),
            time_zone=TIME_ZONE,
            contact_email="bonjour@fete-science-isere.example",
        ),
        organisations=tuple(organisations()),
        venues=tuple(venues()),
        spaces=tuple(spaces()),
        activities=tuple(activity_record(activity) for activity in stored),
        sessions=tuple(
            session for activity in stored for session in activity_sessions(activity, first)
        ),
    )
