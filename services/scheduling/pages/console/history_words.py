"""The history in words: what was done, and each field before and after as people read it."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.scheduling.domain.history.entries import SILENT
from services.scheduling.pages.code_words import ACCESSIBILITY_LABELS, LEVEL_LABELS, language_name
from services.scheduling.pages.console.history_labels import (
    ACTIONS,
    CODES,
    LABELS,
    NOUNS,
    PARTS,
    RELEASED,
)
from services.scheduling.queries.history import NAMED, Told
from shared.contracts.party_categories import Labels, label_of, labels_of
from shared.i18n import (
    current_locale,
    format_day,
    format_hours,
    format_moment,
    format_number,
    ngettext,
    unbroken,
    weekday_name,
)
from shared.i18n import gettext as _

#: On whose clocks moments are told, where a row has no zone of its own.
ZONE = "Europe/Paris"

Names = Mapping[str, str]

_WORDS_OF_CODES: dict[str, Callable[[str], str]] = {
    "accessibility": lambda code: str(ACCESSIBILITY_LABELS.get(code, code)),
    "school_levels": lambda code: str(LEVEL_LABELS.get(code, code)),
    "languages": language_name,
    "roles": lambda code: str(CODES["roles"].get(code, code)),
}


def noun_words(noun: str) -> str:
    """Return what a kind of object is called."""
    return str(NOUNS.get(noun, noun))


def action_words(told: Told) -> str:
    """Return what was done, as the rest of a sentence whose subject is somebody."""
    if told.action == "released":
        number = told.after.get("number")
        return str(RELEASED) % {"number": number} if number else _("a publié")
    return str(ACTIONS.get(told.action, ACTIONS["changed"]))


def who_words(told: Told) -> str:
    """Return who did it; an import by its file."""
    file = (told.origin or "").removeprefix("import: ")
    if told.who and file:
        return _("%(who)s, par l’import de « %(file)s »", who=told.who, file=file)
    if file:
        return _("L’import de « %(file)s »", file=file)
    return told.who or _("Une commande")


def change_rows(
    told: Told, names: Names, people: Mapping[UUID | None, Labels]
) -> list[dict[str, str | None]]:
    """Return what differs, a row for each field in the order of forms, before and after.

    `people` are what editions' categories of people are called, by the editions' ids.
    """
    before, after = _flat(told.before), _flat(told.after)
    if told.action == "released" and told.noun == "organisations":
        after.pop("number", None)
    elif told.action == "released":
        sessions = told.after.get("sessions")
        words = ngettext("%(n)s séance", "%(n)s séances", sessions) if sessions else None
        return [{"label": _("Séances"), "before": None, "after": words}] if words else []
    order = {name: place for place, name in enumerate(LABELS)}
    fields = sorted({*before, *after}, key=lambda name: (order.get(name, len(order)), name))
    rows = []
    for name in fields:
        if name in SILENT or name.endswith("searchable"):
            continue
        if name == "seat_categories":
            known = people.get(told.edition_id, labels_of({}))
            old, new = (_seated(values.get(name), known) for values in (before, after))
        else:
            old, new = (_value(name, values.get(name), names) for values in (before, after))
        if old != new:
            rows.append({"label": _label(name), "before": old, "after": new})
    return rows


def _seated(codes: Any, known: Labels) -> str | None:
    return ", ".join(label_of(known, code, current_locale()) for code in codes or ()) or None


def _flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields, those of a part (rules, an absence) among them."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if name in PARTS and isinstance(value, Mapping):
            flat |= {inner: one for inner, one in value.items() if not _names_whole(name, inner)}
        else:
            flat[name] = value
    return flat


def _names_whole(part: str, column: str) -> bool:
    """Tell whether a part's column only says what it is a part of."""
    return column == "edition_id" or (part == "unavailability" and column.endswith("_id"))


def _label(name: str) -> str:
    return str(LABELS.get(name, name.replace("_", " ")))


def _value(name: str, value: Any, names: Names) -> str | None:
    if value is None or value in ("", []):
        return None
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if name in NAMED:
        found = value if isinstance(value, list) else [value]
        return ", ".join(names.get(str(one)) or _("(supprimé)") for one in found)
    if name in CODES and isinstance(value, str):
        return str(CODES[name].get(value, value))
    if isinstance(value, list):
        return _list(name, value)
    if isinstance(value, Mapping):
        return "\n".join(f"{_label(key)} : {_plain(one)}" for key, one in value.items())
    if isinstance(value, str):
        return _text(name, value)
    return format_number(value) if isinstance(value, int | float) else str(value)


def _text(name: str, value: str) -> str:
    try:
        if name.endswith("_at"):
            return format_moment(datetime.fromisoformat(value), ZONE)
        if name.endswith(("_on", "_until")):
            return format_day(date.fromisoformat(value), year=True)
    except ValueError:
        return value
    return _("une image") if name == "image_id" and _is_identifier(value) else value


def _list(name: str, value: list[Any]) -> str:
    if name in ("opening_hours", "weekly_hours", "school_hours"):
        return "\n".join(_opening(row) for row in value)
    if name == "closures":
        return ", ".join(_text("closed_on", str(day)) for day in value)
    if name == "party_categories":
        return ", ".join(" / ".join(filter(None, (one["fr"], one["en"]))) for one in value)
    words = _WORDS_OF_CODES.get(name, str)
    return ", ".join(words(str(one)) for one in value)


def _opening(row: Mapping[str, Any]) -> str:
    day = weekday_name(int(row["weekday"]))
    return f"{day} {unbroken(format_hours(row['opens'], row['closes']))}"


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_label(str(one)) for one in value) or _("rien")
    if isinstance(value, Mapping):
        return ", ".join(f"{_label(key)} {_plain(one)}" for key, one in value.items())
    return str(value)


def _is_identifier(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False
