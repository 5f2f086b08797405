"""The formats an edition can be exported in: each is one module, and one line here."""

from collections.abc import Callable
from dataclasses import dataclass

from services.scheduling.exporters.extract import Extract
from services.scheduling.exporters.frab import write_frab
from services.scheduling.exporters.ics import write_ics
from services.scheduling.exporters.leaflet_odt import write_leaflet_odt
from services.scheduling.exporters.leaflet_xlsx import write_leaflet_xlsx
from services.scheduling.exporters.openagenda import write_openagenda
from services.scheduling.exporters.openagenda_timings import not_in_agendas
from services.scheduling.exporters.schedule_json import write_schedule_json
from services.scheduling.exporters.sheet_csv import write_csv_sheet
from services.scheduling.exporters.sheet_xlsx import write_xlsx_sheet
from services.scheduling.exporters.timetable import not_in_schedules
from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _l


@dataclass(frozen=True)
class Format:
    """One format: its name in commands and addresses, its file, and what it is for.

    `write` returns the whole file. A format `for_staff` has what the public is not shown: it is
    given to who may see drafts, never to the public. `left_out` counts the sessions that the
    format has no words for (docs/formats.md).
    """

    name: str
    label: LazyText | str
    purpose: LazyText
    extension: str
    content_type: str
    write: Callable[[Extract], bytes]
    for_staff: bool = False
    left_out: Callable[[Extract], int] = lambda _source: 0


FORMATS: tuple[Format, ...] = (
    Format(
        "frab",
        "Schedule XML (frab, pentabarf)",
        _l("pour les applications de planning sur téléphone et l’affichage dans les salles"),
        "xml",
        "application/xml; charset=utf-8",
        write_frab,
        left_out=not_in_schedules,
    ),
    Format(
        "pretalx",
        "Schedule JSON (pretalx)",
        _l("le même planning, pour les outils qui lisent du JSON"),
        "json",
        "application/json",
        write_schedule_json,
        left_out=not_in_schedules,
    ),
    Format(
        "openagenda",
        "OpenAgenda (JSON v2)",
        _l(
            "pour les agendas publics et les offices de tourisme : lieux, âges, accès, inscriptions"
        ),
        "json",
        "application/json",
        write_openagenda,
        left_out=not_in_agendas,
    ),
    Format(
        "ics",
        "iCalendar",
        _l("pour mettre tout le programme dans un agenda, une fois"),
        "ics",
        "text/calendar; charset=utf-8",
        write_ics,
    ),
    Format(
        "xlsx",
        "XLSX (Excel, LibreOffice)",
        _l("un tableur à modifier, puis à importer de nouveau : une ligne par séance"),
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        write_xlsx_sheet,
    ),
    Format(
        "csv",
        "CSV",
        _l("les mêmes colonnes, pour tous les tableurs et tous les programmes"),
        "csv",
        "text/csv; charset=utf-8",
        write_csv_sheet,
    ),
    Format(
        "leaflet",
        "ODT (LibreOffice, Word)",
        _l("le programme à imprimer, par commune et par jour, pour le bulletin d’une mairie"),
        "odt",
        "application/vnd.oasis.opendocument.text",
        write_leaflet_odt,
    ),
    Format(
        "leaflet-xlsx",
        _l("XLSX à imprimer"),
        _l("le même programme à imprimer, en tableau"),
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        write_leaflet_xlsx,
    ),
)


def format_named(name: str) -> Format | None:
    """Return the format of this name, or None."""
    return next((known for known in FORMATS if known.name == name), None)
