"""Time zones as a cell of a spreadsheet names them."""

from typing import Any

from services.scheduling.domain.editing.fields import Fault
from services.scheduling.importers.moments import named_zone
from services.scheduling.importers.sheet_values import read_text
from shared.i18n import lazy_gettext as _l


def read_zone(value: Any) -> str:
    """Return the IANA name of a time zone. Raises `Fault`."""
    name = read_text(value)
    if named_zone(name) is None:
        raise Fault(_l("Ce fuseau horaire n’existe pas : écrivez-le comme Europe/Paris."))
    return name
