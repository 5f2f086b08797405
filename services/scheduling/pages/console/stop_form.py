"""The form of a stop: its four times on its clocks, and the papers of the loan."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict

from services.scheduling.domain.editing.fields import REQUIRED, Fault
from services.scheduling.domain.editing.local_times import instant_of, local_of
from services.scheduling.domain.touring.states import USUAL_ZONE
from services.scheduling.pages.console.forms import Faults, Form, Part, Shown
from services.scheduling.pages.console.inputs import (
    Input,
    read_clock,
    read_day,
    read_identifier,
    read_web_address,
    read_whole,
    sent,
)
from services.scheduling.pages.console.lengths import read_hours, show_hours
from services.scheduling.pages.console.opening_inputs import hours_input
from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _

#: The times of a stop: the column, the fields of its day and its clock, what it is called.
TIMES: tuple[tuple[str, str, str, LazyText], ...] = (
    ("arrives_at", "arrives_on", "arrives", _("Livraison")),
    ("opens_at", "opens_on", "opens", _("Ouverture")),
    ("closes_at", "closes_on", "closes", _("Fermeture")),
    ("leaves_at", "leaves_on", "leaves", _("Enlèvement")),
)
_NEEDED = ("opens_at", "closes_at")

_OF_HOST = (
    Input("venue_id", _("Lieu"), read_identifier),
    Input("space_id", _("Salle ou espace"), read_identifier),
    Input("organisation_id", _("Structure qui reçoit"), read_identifier),
    Input("copies", _("Exemplaires"), read_whole),
    hours_input("weekly_hours", _("Horaires par semaine")),
    Input("contact_name", _("Contact sur place")),
    Input("contact_email", _("Courriel du contact")),
    Input("contact_telephone", _("Téléphone du contact")),
    Input("note", _("Remarques")),
)
_OF_LENDER = (
    Input("activity_id", _("Animation"), read_identifier),
    Input("transport_minutes", _("Transport ensuite"), read_hours, show_hours),
    Input("transporter", _("Transporteur")),
    Input("insurance_value", _("Valeur d’assurance"), read_whole),
    Input("loan_agreement", _("Convention de prêt")),
    Input("loan_agreement_link", _("Convention signée, en ligne"), read_web_address),
)


class StopForm(Form):
    """A stop's form, on clocks that are known.

    `zones` has those of venues that have their own, and of activities whose edition has other than
    the usual ones; `activity_id` is the stop's, which who receives the exhibition (not
    `is_lenders`) does not choose: they do not see the fields of who lends it.
    """

    def __init__(
        self,
        zones: Mapping[str, str],
        names: Mapping[str, str],
        *,
        is_lenders: bool,
        activity_id: UUID | None = None,
    ) -> None:
        super().__init__(*_OF_HOST, *(_OF_LENDER if is_lenders else ()))
        self._zones, self._names = zones, names
        self._activity_id = str(activity_id or "")
        self.parts = (
            *self.parts,
            *(Part(column, label, (day, clock)) for column, day, clock, label in TIMES),
        )

    def zone_of(self, shown: Shown) -> str:
        """Return the zone whose clocks the form's times are read by."""
        activity_id = shown.get("activity_id", self._activity_id)
        of_edition = self._zones.get(activity_id, USUAL_ZONE)
        return self._zones.get(shown["venue_id"], of_edition)

    def shown(self, row: Any) -> Shown:
        """Return the fields as a stored stop fills them, on its clocks."""
        found = super().shown(row)
        zone = self.zone_of(found)
        for column, day, clock, _label in TIMES:
            local = local_of(getattr(row, column), zone)
            found |= {day: local.date().isoformat(), clock: f"{local:%H:%M}"}
        return found

    def blank(self, **given: str) -> Shown:
        """Return the fields of a new stop."""
        times = {name: "" for _column, *names, _label in TIMES for name in names}
        return {**super().blank(), **times, "copies": "1", **given}

    def posted(self, form: MultiDict[str, str]) -> Shown:
        """Return the fields as they were sent."""
        times = {name: sent(form, name) for _column, *names, _label in TIMES for name in names}
        return {**super().posted(form), **times}

    def values(self, shown: Shown) -> tuple[dict[str, Any], Faults]:
        """Return the columns that the fields mean; delivery and pick-up may be left to follow."""
        values, faults = super().values(shown)
        for column, day, clock, _label in TIMES:
            values[column] = self._instant(shown, day, clock, column in _NEEDED, faults)
        return values, faults

    def untouched(self, mine: Shown, theirs: Shown) -> frozenset[str]:
        """Return the columns of times that nobody touched: a field shows no seconds of them."""
        if self.zone_of(mine) != self.zone_of(theirs):
            return frozenset()
        return frozenset(
            column
            for column, day, clock, _label in TIMES
            if (mine[day], mine[clock]) == (theirs[day], theirs[clock])
        )

    def in_fields(self, faults: Mapping[str, LazyText | str]) -> Faults:
        """Return the faults of columns as faults of the form's fields.

        An instant is missing where its day or its clock is: that is told already.
        """
        days = {column: day for column, day, _clock, _label in TIMES}
        return {
            days.get(name, name): sentence
            for name, sentence in faults.items()
            if not (name in days and sentence == REQUIRED)
        }

    def words(self, part: Part, shown: Shown) -> str:
        """Return what a part says."""
        if len(part.fields) > 1:
            return " ".join(shown[name] for name in part.fields)
        if part.name.endswith("_id"):
            return self._names.get(shown[part.name], shown[part.name])
        return super().words(part, shown)

    def _instant(
        self, shown: Shown, day_field: str, clock_field: str, is_needed: bool, faults: Faults
    ) -> datetime | None:
        try:
            day = read_day(shown[day_field].strip())
        except Fault as fault:
            faults[day_field] = fault.sentence
            return None
        try:
            clock = read_clock(shown[clock_field].strip())
        except Fault as fault:
            faults[clock_field] = fault.sentence
            return None
        if day is None and clock is None and not is_needed:
            return None
        for name, value in ((day_field, day), (clock_field, clock)):
            if value is None:
                faults.setdefault(name, REQUIRED)
        if day is None or clock is None:
            return None
        try:
            return instant_of(day, clock, self.zone_of(shown)).at
        except Fault as fault:
            faults.setdefault(clock_field, fault.sentence)
            return None
