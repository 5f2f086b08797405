"""Readers of other systems' programmes: each turns a file into a `Programme`, or refuses it."""

from services.scheduling.importers.formats import read_programme
from services.scheduling.importers.frab import read_frab, read_pretalx
from services.scheduling.importers.ics import read_calendar
from services.scheduling.importers.openagenda import read_openagenda
from services.scheduling.importers.sheets import read_sheet

__all__ = [
    "read_calendar",
    "read_frab",
    "read_openagenda",
    "read_pretalx",
    "read_programme",
    "read_sheet",
]
