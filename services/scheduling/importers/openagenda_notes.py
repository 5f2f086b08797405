"""What the operator is told of an agenda: what was concluded, and what was left out."""

from services.scheduling.domain.programme import Sentence
from services.scheduling.importers.ways_in import WaysIn
from shared.i18n import lazy_ngettext


class Findings:
    """Counts, event by event, what is worth a sentence."""

    def __init__(self) -> None:
        self._more_ways = 0
        self._unread_ways = 0
        self._full_without_way = 0
        self._postponed = 0

    def add(self, ways: WaysIn, *, is_full: bool, is_postponed: bool) -> None:
        """Take one event into account."""
        self._more_ways += bool(ways.others)
        self._unread_ways += bool(ways.unread)
        self._full_without_way += is_full and not ways.is_stated
        self._postponed += is_postponed

    def notes(self, completed_communes: int) -> list[Sentence]:
        """Return a sentence for each thing that was found."""
        notes: list[Sentence] = []
        if self._more_ways:
            notes.append(
                lazy_ngettext(
                    "%(n)s événement a plusieurs liens, téléphones ou courriels d’inscription : "
                    "le premier de chaque est pris.",
                    "%(n)s événements ont plusieurs liens, téléphones ou courriels "
                    "d’inscription : le premier de chaque est pris.",
                    self._more_ways,
                )
            )
        if self._unread_ways:
            notes.append(
                lazy_ngettext(
                    "%(n)s événement a un moyen d’inscription qui n’est ni lien, ni téléphone, ni "
                    "courriel : il n’est pas pris.",
                    "%(n)s événements ont un moyen d’inscription qui n’est ni lien, ni téléphone, "
                    "ni courriel : il n’est pas pris.",
                    self._unread_ways,
                )
            )
        if self._full_without_way:
            notes.append(
                lazy_ngettext(
                    "%(n)s événement est complet sans dire où l’on s’inscrit.",
                    "%(n)s événements sont complets sans dire où l’on s’inscrit.",
                    self._full_without_way,
                )
            )
        if self._postponed:
            notes.append(
                lazy_ngettext(
                    "%(n)s événement est reporté sans nouvelle date : ses séances sont annulées.",
                    "%(n)s événements sont reportés sans nouvelle date : leurs séances sont "
                    "annulées.",
                    self._postponed,
                )
            )
        if completed_communes:
            notes.append(
                lazy_ngettext(
                    "%(n)s lieu n’a pas de code INSEE : celui d’un autre lieu de la même ville et "
                    "du même code postal est pris.",
                    "%(n)s lieux n’ont pas de code INSEE : celui d’un autre lieu de la même ville "
                    "et du même code postal est pris.",
                    completed_communes,
                )
            )
        return notes
