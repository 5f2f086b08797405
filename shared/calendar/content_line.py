"""Content lines of iCalendar: values escaped, lines folded (RFC 5545, sections 3.1 to 3.3)."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import quote

#: The longest line, in octets, its CRLF not counted (RFC 5545, section 3.1).
LONGEST_LINE = 75

# What ends a line somewhere (Word's soft return, Unicode's separators) becomes a line's end here:
# readers that split at them, as Python's `splitlines` does, would take the text for a new line.
_LINE_END = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
# Control characters and unpaired surrogates have no place in a value; HTAB and LF have.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# Most texts are clean already. Matching the whole of one is twice as fast as searching it.
_CLEAN = re.compile("[\t\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\U0010ffff]*")
# What a continuation line has after its space: whole characters only.
_CONTINUATION = re.compile(rb".{1,%d}(?![\x80-\xbf])" % (LONGEST_LINE - 1), re.DOTALL)
_NOT_IN_URI = re.compile('[\x00-\x20\x7f-\x9f\\s\ud800-\udfff<>"\\\\^`{|}]')
_HTTP = re.compile("https?://[^/?#]", re.IGNORECASE)
_ASCII = "".join(map(chr, range(0x21, 0x7F)))


def clean(text: str) -> str:
    """Return `text` with LF as its only line end and without control characters."""
    if _CLEAN.fullmatch(text):
        return text
    return _FORBIDDEN.sub("", _LINE_END.sub("\n", text))


def text_value(text: str) -> str:
    """Return `text`, cleaned, as a TEXT value (RFC 5545, section 3.3.11); empty if it is blank."""
    cleaned = clean(text)
    if not cleaned or cleaned.isspace():
        return ""
    return (
        cleaned.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    )


def quoted(text: str) -> str:
    """Return `text` as a quoted parameter value, on one line (RFC 5545, section 3.2).

    A double quote cannot be written there and becomes an apostrophe: RFC 6868 has a way to write
    it, which libical 3 and vobject do not read.
    """
    return '"' + " ".join(clean(text).split()).replace('"', "'") + '"'


def uri(address: str) -> str:
    """Return an http or https address as a URI value, in ASCII (RFC 5545, section 3.3.13).

    Raises `ValueError` when it has another scheme, or a character that no URI has.
    """
    if not _HTTP.match(address):
        raise ValueError(f"The address {address!r} must begin with https:// or http:// and a host.")
    if _NOT_IN_URI.search(address):
        raise ValueError(f"The address {address!r} has a character that no address may have.")
    return address if address.isascii() else quote(address, safe=_ASCII)


@lru_cache(maxsize=1024)
def mailto(mail: str) -> str:
    """Return an e-mail address as a `mailto:` URI (RFC 6068).

    Raises `ValueError` when it is none.
    """
    local, at, domain = mail.rpartition("@")
    if not (at and local and domain) or clean(mail).split() != [mail]:
        raise ValueError(f"{mail!r} is not an e-mail address.")
    return "mailto:" + quote(mail, safe="@!$'*+-._~")


def utc_time(moment: datetime) -> str:
    """Return an instant in the form that ends in Z, to the second."""
    return compact(moment.astimezone(UTC)) + "Z"


def compact(moment: datetime) -> str:
    """Return what the clock shows at a moment, to the second: half of what `strftime` takes."""
    return moment.isoformat()[:19].replace("-", "").replace(":", "")


def duration(length: timedelta) -> str:
    """Return a length of time, to the second (RFC 5545, section 3.3.6)."""
    minutes, seconds = divmod(abs(length) // timedelta(seconds=1), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    sign = "-" if length < timedelta() else ""
    # "PT1H30S" is not in the grammar: minutes may not be left out between hours and seconds.
    time = (
        (f"{hours}H" if hours else "")
        + (f"{minutes}M" if minutes or (hours and seconds) else "")
        + (f"{seconds}S" if seconds else "")
    )
    if not days and not time:
        return "PT0S"
    return f"{sign}P{f'{days}D' if days else ''}{f'T{time}' if time else ''}"


def fold(line: str) -> bytes:
    """Return a content line in UTF-8, folded by octets and never inside a character."""
    octets = line.encode()
    if len(octets) <= LONGEST_LINE:
        return octets
    # The first line has no space before it: its first octet, a letter of a name, stands there.
    return octets[:1] + b"\r\n ".join(_CONTINUATION.findall(octets, 1))
