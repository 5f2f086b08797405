"""A resource that is needed in more copies than there are, at the same time."""

from collections.abc import Iterator

from services.scheduling.domain.conflicts.board import Board
from services.scheduling.domain.conflicts.bookings import booked, told_of
from services.scheduling.domain.conflicts.conflict import Finding, rule
from services.scheduling.domain.conflicts.sweeping import common, crowds
from services.scheduling.domain.conflicts.words import when
from shared.i18n import lazy_gettext as _
from shared.i18n import lazy_ngettext


@rule(_("Matériel pris plusieurs fois"))
def resource_overbooked(board: Board) -> Iterator[Finding]:
    """Blocks; an option on a travelling exhibition only warns."""
    for resource, sessions, stops in board.by_resource:
        for crowd in crowds(booked(sessions, stops), resource.copies):
            told = told_of(crowd)
            if told.is_one_tour:
                continue
            begins, ends = common(crowd)
            yield Finding(
                level="warns" if told.has_option else "blocks",
                subject=resource.id.hex,
                sentence=lazy_ngettext(
                    "%(name)s n’existe qu’en un exemplaire, et %(needed)s seraient pris en même "
                    "temps : %(who)s, %(when)s.",
                    "%(name)s n’existe qu’en %(copies)s exemplaires, et %(needed)s seraient pris "
                    "en même temps : %(who)s, %(when)s.",
                    resource.copies,
                    name=resource.name,
                    copies=resource.copies,
                    needed=sum(span[2] for span in crowd),
                    who=told.words,
                    when=when(begins, ends, told.zone),
                ),
                at=begins,
                sessions=told.sessions,
                stops=told.stops,
            )
