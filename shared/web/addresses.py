"""Addresses of the page being shown with something of them changed, for sorting, filters, pages."""

from collections.abc import Collection
from urllib.parse import urlencode

from flask import request

#: What a filter or another order makes meaningless: the place in the old list.
PLACES = ("page", "cursor")


def address_with(**changes: str | int | Collection[str] | None) -> str:
    """Return this page's address with some arguments replaced, or taken out by `None`.

    A collection gives the argument once for each of its values. The place in the list (`page`,
    `cursor`) is forgotten unless it is what changes; so is `lang`, which a cookie remembers.
    """
    dropped = {*changes, *PLACES, "lang"}
    arguments = [(k, v) for k, v in request.args.items(multi=True) if k not in dropped]
    for name, value in changes.items():
        if value is None or value == "":
            continue
        values = (value,) if isinstance(value, str | int) else value
        arguments += [(name, str(one)) for one in values]
    return f"{request.path}?{urlencode(arguments)}" if arguments else request.path
