"""A resource without its time to be set up, dismantled and carried from one booking to the next."""

from collections.abc import Iterator

from services.scheduling.domain.conflicts.board import Board
from services.scheduling.domain.conflicts.bookings import booked, copies_needed, told_of
from services.scheduling.domain.conflicts.conflict import Finding, rule
from services.scheduling.domain.conflicts.sweeping import busiest, crowds
from services.scheduling.domain.conflicts.words import duration, minutes
from shared.i18n import lazy_gettext as _


@rule(_("Matériel sans temps de montage"))
def resource_without_time(board: Board) -> Iterator[Finding]:
    """Warns; what is overbooked outright is told by another rule.

    Sessions of one activity that follow each other in one place keep what is set up there, and
    what stays in its venue is not carried.
    """
    for resource, sessions, stops in board.by_resource:
        around = booked(sessions, stops, resource)
        for crowd in crowds(around, resource.copies):
            told = told_of(crowd)
            if told.is_one_tour or copies_needed(crowd, resource) <= resource.copies:
                continue
            if busiest(booked(told.needs, told.stops)) > resource.copies:
                continue
            first, second = told.nearest
            left = minutes(first, second)
            yield Finding(
                level="warns",
                subject=resource.id.hex,
                sentence=_(
                    "%(name)s n’a que %(left)s entre %(who)s ; il lui faut %(needed)s "
                    "(démontage, transport, montage).",
                    name=resource.name,
                    left=duration(left),
                    who=told.words,
                    needed=duration(told.minutes_between(resource)),
                ),
                at=second,
                sessions=told.sessions,
                stops=told.stops,
            )
