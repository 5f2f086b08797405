"""The form of an edition: its opening as a local day and a clock, its categories as rows."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from werkzeug.datastructures import MultiDict

from services.scheduling.domain.editing.fields import Fault, known_time_zones
from services.scheduling.domain.editing.local_times import instant_of, local_of
from services.scheduling.pages.console.forms import Faults, Form, Part, Shown
from services.scheduling.pages.console.inputs import (
    Input,
    read_clock,
    read_day,
    read_identifier,
    rows,
    sent,
)
from services.scheduling.pages.console.opening_inputs import day_words
from shared.contracts.party_categories import usual_categories
from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _

Value = TypeVar("Value")

_OPENING = ("opens_on", "opens_at")
_CATEGORY = ("code", "place", "fr", "en")

#: A field that says that the form asks for categories, also where every row was taken away.
_ASKS = "asks_categories"


class EditionForm(Form):
    """An edition's form: its columns, and the opening of registrations on its clocks."""

    def __init__(self) -> None:
        super().__init__(
            Input("festival_id", _("Festival"), read_identifier),
            Input("name_fr", _("Nom")),
            Input("name_en", _("Nom en anglais")),
            Input("slug", _("Adresse web")),
            Input("starts_on", _("Premier jour"), read_day),
            Input("ends_on", _("Dernier jour"), read_day),
            Input("time_zone", _("Fuseau horaire")),
            Input("contact_email", _("Adresse électronique de contact")),
            rows(
                "party_categories",
                _("Catégories de personnes"),
                _CATEGORY,
                read=read_categories,
                show=show_categories,
                words=categories_words,
            ),
        )
        self.parts = (*self.parts, Part("opening", _("Ouverture des inscriptions"), _OPENING))

    def shown(self, row: Any) -> Shown:
        """Return the fields as a stored edition fills them, on its clocks."""
        return {**super().shown(row), **opening_shown(row.registration_opens_at, row.time_zone)}

    def blank(self, **given: str) -> Shown:
        """Return the fields of a new edition."""
        usual = {"party_categories": show_categories(usual_categories())}
        return {**super().blank(), **dict.fromkeys(_OPENING, ""), **usual, **given}

    def posted(self, form: MultiDict[str, str]) -> Shown:
        """Return the fields as they were sent."""
        own = {name: sent(form, name) for name in (*_OPENING, _ASKS)}
        return {**super().posted(form), **own}

    def values(self, shown: Shown) -> tuple[dict[str, Any], Faults]:
        """Return the columns that the fields mean, and what cannot be read."""
        values, faults = super().values(shown)
        values["registration_opens_at"] = _opening(shown, faults)
        if not shown["party_categories"] and not shown.get(_ASKS):
            del values["party_categories"]  # the form did not ask for them
        return values, faults

    def untouched(self, mine: Shown, theirs: Shown) -> frozenset[str]:
        """Return the opening where nobody touched it: its fields show no seconds of it."""
        names = (*_OPENING, "time_zone")
        is_same = all(mine[name] == theirs[name] for name in names)
        return frozenset({"registration_opens_at"} if is_same else ())

    def in_fields(self, faults: Mapping[str, LazyText | str]) -> Faults:
        """Return the faults of columns as faults of the form's fields."""
        field = {"registration_opens_at": "opens_on"}
        return {field.get(name, name): sentence for name, sentence in faults.items()}

    def words(self, part: Part, shown: Shown) -> str:
        """Return what a part says."""
        if part.name != "opening":
            return super().words(part, shown)
        return " ".join(text for text in (day_words(shown["opens_on"]), shown["opens_at"]) if text)


def opening_shown(opens_at: datetime | None, time_zone: str) -> Shown:
    """Return the fields of an opening, on the clocks of a zone."""
    if opens_at is None:
        return dict.fromkeys(_OPENING, "")
    local = local_of(opens_at, time_zone)
    return {"opens_on": local.date().isoformat(), "opens_at": f"{local:%H:%M}"}


def read_categories(sent_rows: Sequence[Mapping[str, str]]) -> list[dict[str, str | None]]:
    """Return the categories that rows mean, in the order that people gave them."""
    filled = [row for row in sent_rows if row["code"] or row["fr"] or row["en"]]
    return [
        {"code": row["code"] or None, "fr": row["fr"], "en": row["en"] or None}
        for row in sorted(filled, key=lambda row: _place(row["place"]))
    ]


def show_categories(categories: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return stored categories as rows of the form."""
    return [
        {"code": one["code"], "place": str(place), "fr": one["fr"], "en": one["en"] or ""}
        for place, one in enumerate(categories, 1)
    ]


def categories_words(sent_rows: Sequence[Mapping[str, str]]) -> str:
    """Return the rows in words, a line each."""
    named = read_categories(sent_rows)
    return "\n".join(" – ".join(filter(None, (one["fr"], one["en"]))) for one in named)


def _place(text: str) -> float:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else float("inf")


def _opening(shown: Shown, faults: Faults) -> datetime | None:
    day = _read("opens_on", read_day, shown, faults)
    clock = _read("opens_at", read_clock, shown, faults)
    if day is None and clock is not None:
        faults.setdefault("opens_on", _("Indiquez aussi le jour."))
    if day is not None and clock is None:
        faults.setdefault("opens_at", _("Indiquez aussi l’heure."))
    if day is None or clock is None or shown["time_zone"] not in known_time_zones():
        return None
    try:
        return instant_of(day, clock, shown["time_zone"]).at
    except Fault as fault:
        faults.setdefault("opens_at", fault.sentence)
        return None


def _read(name: str, read: Callable[[str], Value], shown: Shown, faults: Faults) -> Value | None:
    try:
        return read(shown[name].strip())
    except Fault as fault:
        faults[name] = fault.sentence
        return None
