"""Languages: French is written in the code, English comes from each package's catalogue."""

from shared.i18n.lazy import (
    LazyText,
    lazy_gettext,
    lazy_ngettext,
    sentence_of,
    stored_sentence,
)
from shared.i18n.lengths import format_length
from shared.i18n.times import (
    format_clock,
    format_day,
    format_moment,
    format_number,
    format_period,
    format_session_time,
    format_span,
    format_time,
    format_weekdays,
    weekday_name,
)
from shared.i18n.translator import (
    DEFAULT_LOCALE,
    LOCALES,
    Translator,
    current_locale,
    current_translator,
    gettext,
    ngettext,
    speaking,
    translator,
)

__all__ = [
    "DEFAULT_LOCALE",
    "LOCALES",
    "LazyText",
    "Translator",
    "current_locale",
    "current_translator",
    "format_clock",
    "format_day",
    "format_length",
    "format_moment",
    "format_number",
    "format_period",
    "format_session_time",
    "format_span",
    "format_time",
    "format_weekdays",
    "gettext",
    "lazy_gettext",
    "lazy_ngettext",
    "ngettext",
    "sentence_of",
    "speaking",
    "stored_sentence",
    "translator",
    "weekday_name",
]
