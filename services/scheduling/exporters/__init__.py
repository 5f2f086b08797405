"""Exporters: an edition is read as plain records and written in one of the formats."""

from services.scheduling.exporters.extract import Extract, NoSuchEdition, extract
from services.scheduling.exporters.formats import FORMATS, Format, format_named

__all__ = ["FORMATS", "Extract", "Format", "NoSuchEdition", "extract", "format_named"]
