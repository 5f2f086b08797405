"""Rows of a form that may be added and taken away, with JavaScript or without.

The fields of row 2 of `weekly_hours` are named `weekly_hours-2-opens`. Without JavaScript the
buttons "add a row" and "remove" submit the form, which is then shown again, saved by nothing.
"""

from collections.abc import Sequence

from werkzeug.datastructures import MultiDict

#: The names of the two buttons; their values are the rows' name, and `name-index`.
ADD, REMOVE = "add_row", "remove_row"

#: The most rows that one form is believed to have.
MOST_ROWS = 400


def asks_for_rows(form: MultiDict[str, str]) -> bool:
    """Tell whether the form was sent by one of the buttons: show it again, save nothing."""
    return ADD in form or REMOVE in form


def read_rows(form: MultiDict[str, str], name: str, fields: Sequence[str]) -> list[dict[str, str]]:
    """Return the rows that were sent, in order, with what the buttons ask for done.

    Rows whose fields are all empty are left out, except the one that was just asked for.
    """
    removed = form.get(REMOVE)
    rows = []
    for index in _indexes(form, name):
        if removed == f"{name}-{index}":
            continue
        row = {field: form.get(f"{name}-{index}-{field}", "").strip() for field in fields}
        if any(row.values()):
            rows.append(row)
    if form.get(ADD) == name:
        rows.append(dict.fromkeys(fields, ""))
    return rows


def _indexes(form: MultiDict[str, str], name: str) -> list[int]:
    found = set()
    for key in form:
        owner, _, rest = key.partition("-")
        index = rest.partition("-")[0]
        if owner == name and index.isascii() and index.isdigit() and len(index) < 9:
            found.add(int(index))
    return sorted(found)[:MOST_ROWS]
