"""iCalendar for tests: calendars of events, with the lines that a test needs."""

PARIS = "X-WR-TIMEZONE:Europe/Paris"


def vevent(uid: str | None = "a1", *lines: str, **fields: str | None) -> str:
    """Return a VEVENT of an hour on 2 October 2026; a field of None is left out.

    `dtstart` is the field DTSTART; `lines` are added as they are.
    """
    values: dict[str, str | None] = {
        "summary": "Une heure avec les muons",
        "dtstart": "20261002T100000",
        "dtend": "20261002T110000",
        **fields,
    }
    stated = [] if uid is None else [f"UID:{uid}"]
    stated += [
        f"{name.upper().replace('_', '-')}{'' if text[:1] in ';:' else ':'}{text}"
        for name, text in values.items()
        if text is not None
    ]
    return "\r\n".join(("BEGIN:VEVENT", *stated, *lines, "END:VEVENT", ""))


def calendar(*components: str, lines: tuple[str, ...] = (PARIS,)) -> bytes:
    """Return a whole calendar."""
    head = "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//FR", *lines, ""))
    return f"{head}{''.join(components)}END:VCALENDAR\r\n".encode()
