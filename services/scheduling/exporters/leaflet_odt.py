"""The printed programme as a text document (ODT), for a town hall's leaflet.

Two columns under each commune, which begins a page. The contents refer to the pages of headings: a
word processor puts the numbers in as it opens the file.
"""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from odfdo import Document, Element, Header, Paragraph, Section, Span

from services.scheduling.exporters.extract import Extract
from services.scheduling.exporters.leaflet_entries import Entry, OfCommune, leaflet_entries
from services.scheduling.exporters.leaflet_styles import (
    ADDRESS,
    COLUMNS,
    CONTENTS,
    CONTENTS_HEADING,
    ENTRY,
    FACTS,
    LEAD,
    SUBTITLE,
    TEXT,
    TIME,
    TITLE,
    add_styles,
    set_up_page,
)
from shared.i18n import current_locale, format_day, format_period
from shared.i18n import gettext as _
from shared.text import typeset

_LANGUAGES = {"fr": ("fr", "FR"), "en": ("en", "GB")}
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_leaflet_odt(extract: Extract) -> bytes:
    """Return the programme of an edition as ODT, in the reader's language."""
    communes = leaflet_entries(extract.facts, extract.public_url)
    edition = extract.programme.edition
    name = _ours(edition.name_fr, edition.name_en)
    document = Document("text")
    body = document.body
    body.clear()
    add_styles(document)
    set_up_page(document, name)
    _set_meta(document, name)
    body.append(_paragraph(name, TITLE))
    period = format_period(edition.starts_on, edition.ends_on, year=True)
    body.append(_paragraph(period[:1].upper() + period[1:], SUBTITLE))
    for sentence in _leads(extract):
        body.append(_paragraph(sentence, LEAD))
    if not communes:
        body.append(_paragraph(_("Aucune séance n’est encore au programme."), LEAD))
    elif len(communes) > 1:
        body.append(_paragraph(_("Communes"), CONTENTS_HEADING))
        contents = Section(style=COLUMNS, name="contents")
        contents.extend(
            _content_line(number, commune.commune) for number, commune in enumerate(communes, 1)
        )
        body.append(contents)
    for number, commune in enumerate(communes, 1):
        body.append(_commune_heading(number, commune.commune))
        section = Section(style=COLUMNS, name=f"programme-{number}")
        section.extend(_of_commune(commune))
        body.append(section)
    return _packed(document)


def _commune_heading(number: int, commune: str) -> Header:
    heading = Header(1, style="Heading_20_1")
    heading.append(Element.from_tag(f'<text:bookmark-start text:name="commune-{number}"/>'))
    heading.append_plain_text(commune)
    heading.append(Element.from_tag(f'<text:bookmark-end text:name="commune-{number}"/>'))
    return heading


def _content_line(number: int, commune: str) -> Paragraph:
    """Return a line of the contents: the commune, and the page that it begins on."""
    line = Paragraph(style=CONTENTS)
    line.append_plain_text(f"{commune}\t")
    line.append(
        Element.from_tag(
            f'<text:bookmark-ref text:reference-format="page" text:ref-name="commune-{number}">'
            "…</text:bookmark-ref>"
        )
    )
    return line


def _of_commune(commune: OfCommune) -> Iterator[Element]:
    for day in commune.days:
        yield Header(2, day.heading, style="Heading_20_2", formatted=False)
        for place in day.venues:
            yield Header(3, place.venue, style="Heading_20_3", formatted=False)
            if place.address:
                yield _paragraph(place.address, ADDRESS)
            for entry in place.entries:
                yield from _of_entry(entry)


def _of_entry(entry: Entry) -> Iterator[Element]:
    first = Paragraph(style=ENTRY)
    first.append(Span(entry.when, style=TIME, formatted=False))
    first.append_plain_text(f"  {entry.title}")
    yield first
    if entry.text:
        yield _paragraph(entry.text, TEXT)
    facts = (entry.public, entry.room, entry.way_in, entry.access, entry.contact)
    yield _paragraph(" · ".join(filter(None, facts)), FACTS)


def _paragraph(text: str, style: str) -> Paragraph:
    paragraph = Paragraph(style=style)
    paragraph.append_plain_text(text)
    return paragraph


def _leads(extract: Extract) -> Iterator[str]:
    day = format_day(extract.made_at.date(), weekday=False, year=True)
    words = _("Programme au %(day)s. Ce qui a changé depuis est sur %(site)s.")
    said = words % {"day": day, "site": extract.public_url.partition("://")[2]}
    yield typeset(said) if current_locale() == "fr" else said
    contact = extract.programme.edition.contact_email
    if contact:
        yield _("Renseignements : %(email)s", email=contact)
    if extract.is_draft:
        yield _("Ceci est un brouillon : une partie n’est pas encore publique.")


def _ours(french: str, english: str | None) -> str:
    return english if english and current_locale() == "en" else french


def _set_meta(document: Any, title: str) -> None:
    meta = document.meta
    meta.title = title
    meta.language = "-".join(_LANGUAGES[current_locale()])
    meta.generator = "Parvis"


def _packed(document: Any) -> bytes:
    """Return the file, with `mimetype` first and not compressed, as OpenDocument has it."""
    written = io.BytesIO()
    document.save(written)
    packed = io.BytesIO()
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(packed, "w") as target:
        names = sorted(source.namelist(), key=lambda name: name != "mimetype")
        for name in names:
            how = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            target.writestr(zipfile.ZipInfo(name, _EPOCH), source.read(name), how)
    return packed.getvalue()
