"""The printed programme: by commune, day and venue, as a document and as a table."""

import io
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lxml import etree
from odfdo import Document
from openpyxl import load_workbook

from services.scheduling.exporters.leaflet_entries import leaflet_entries
from services.scheduling.exporters.leaflet_words import short_text
from services.scheduling.models import Commune
from tests.services.scheduling.exported import export, extracted
from tests.services.scheduling.stored_programme import OPENING, StoredProgramme
from tests.services.scheduling.told import english

SLUG = "fds-2026"
NBSP, NNBSP = "\u00a0", "\u202f"


@pytest.fixture
def stored(context) -> None:
    """Publish a small programme in two communes, with an exhibition and a cancelled session."""
    with context.database.write() as db:
        programme = StoredProgramme(db)
        lans = Commune(insee_code="38205", name="Lans-en-Vercors")
        db.add(lans)
        town_hall = programme.add_venue("Mairie", commune=lans, address="Place de la mairie")
        muon = programme.add_activity(
            description_fr="Une *chambre* à brouillard ; des traces. " + "Encore un mot. " * 40,
            audience="families",
            age_min=8,
            age_max=12,
            price_note_fr="2 €",
            accessibility=["mi"],
            languages=["fr", "fsl"],
        )
        programme.add_session(muon, registration="here", capacity=12)
        programme.add_session(
            muon, starts_at=OPENING + timedelta(hours=3), registration="here", capacity=12
        )
        programme.add_session(muon, starts_at=OPENING + timedelta(days=1), registration="none")
        programme.add_session(muon, starts_at=OPENING + timedelta(days=2), status="cancelled")
        programme.add_session(
            programme.add_activity("=Cascade ?", description_fr="", organisation_id=None),
            venue_id=town_hall.id,
            space_id=None,
            registration="elsewhere",
            registration_telephone="04 76 00 00 00",
            registration_link="https://www.mairie.example/inscription/",
        )
        programme.add_session(
            programme.add_activity("Roches", description_fr="Des pierres."),
            kind="exhibition",
            starts_at=datetime(2026, 10, 1, 22, 0, tzinfo=UTC),
            ends_at=datetime(2026, 10, 12, 22, 0, tzinfo=UTC),
            weekly_hours=[{"weekday": day, "opens": "14:00", "closes": "18:00"} for day in (2, 3)],
        )
        programme.release()


def outline(context) -> list[tuple[str, list[tuple[str, list[tuple[str, list[str]]]]]]]:
    """Return communes, days, venues and titles, as they are printed."""
    communes = leaflet_entries(extracted(context, SLUG).facts, "https://fete.example")
    return [
        (
            commune.commune,
            [
                (day.heading, [(one.venue, [e.title for e in one.entries]) for one in day.venues])
                for day in commune.days
            ],
        )
        for commune in communes
    ]


def test_communes_days_and_venues_come_in_order_without_what_is_cancelled(context, stored):
    assert outline(context) == [
        (
            "Grenoble",
            [
                ("Expositions et temps longs", [("Muséum", ["Roches"])]),
                ("Vendredi 2 octobre 2026", [("Muséum", ["Voir un muon"])]),
                ("Samedi 3 octobre 2026", [("Muséum", ["Voir un muon"])]),
            ],
        ),
        ("Lans-en-Vercors", [("Vendredi 2 octobre 2026", [("Mairie", [f"=Cascade{NNBSP}?"])])]),
    ]


def test_an_entry_says_when_for_whom_and_how_to_get_in_and_its_text_once(context, stored):
    grenoble, lans = leaflet_entries(extracted(context, SLUG).facts, "https://fete.example")
    exhibition, first, second = (day.venues[0].entries[0] for day in grenoble.days)

    assert first.when == "10_h_00_–_11_h_00, 13_h_00_–_14_h_00".replace("_", NBSP)
    assert first.text.startswith(f"Une chambre à brouillard{NNBSP}; des traces.")
    assert len(first.text) <= 280
    assert (first.public, first.way_in, first.contact, first.access, first.room) == (
        "Familles · 8 à 12 ans · langue des signes française",
        f"Sur inscription{NBSP}: fete.example · 2 €",
        "Muséum de Grenoble",
        f"Accessible{NBSP}: handicap moteur",
        "Auditorium",
    )
    assert (second.text, second.way_in) == ("", "Entrée libre · 2 €")
    assert exhibition.when.startswith("du 2 au 12 octobre, le mardi et le mercredi, 14")
    assert lans.days[0].venues[0].entries[0].way_in == (
        f"Sur inscription{NBSP}: 04 76 00 00 00, mairie.example/inscription"
    )


def test_a_text_is_cut_after_a_sentence_or_between_words():
    assert short_text("Un. " + "Deux mots. " * 10, 30) == "Un. Deux mots. Deux mots."
    assert short_text("mot " * 20, 10) == "mot mot…"
    assert short_text("**Gras** et [lien](https://a.example)") == "Gras et lien"


def test_the_document_is_sound_with_styles_headings_and_page_numbers(context, stored):
    content = export(context, SLUG, "leaflet")

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        first = archive.infolist()[0]
        body = etree.fromstring(archive.read("content.xml"))
        styles = etree.fromstring(archive.read("styles.xml"))
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    names = {"text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0"} | {
        "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0"
    }
    headings = [
        (int(h.get(f"{{{names['text']}}}outline-level")), "".join(h.itertext()))
        for h in body.iterfind(".//text:h", names)
    ]
    assert headings == [
        (1, "Grenoble"),
        (2, "Expositions et temps longs"),
        (3, "Muséum"),
        (2, "Vendredi 2 octobre 2026"),
        (3, "Muséum"),
        (2, "Samedi 3 octobre 2026"),
        (3, "Muséum"),
        (1, "Lans-en-Vercors"),
        (2, "Vendredi 2 octobre 2026"),
        (3, "Mairie"),
    ]
    used = set(body.xpath("//@text:style-name", namespaces=names))
    known = set(styles.xpath("//style:style/@style:name", namespaces=names))
    known |= set(body.xpath("//style:style/@style:name", namespaces=names))
    assert used <= known
    pages = body.xpath("//text:bookmark-ref/@text:ref-name", namespaces=names)
    assert pages == body.xpath("//text:bookmark-start/@text:name", namespaces=names)
    assert len(pages) == 2
    assert Document(io.BytesIO(content)).meta.title == "Fête de la science 2026"


def test_the_table_has_a_row_for_each_entry_and_texts_are_texts(context, stored):
    book = load_workbook(io.BytesIO(export(context, SLUG, "leaflet-xlsx")))
    sheet = book.active
    rows = [[cell.value for cell in row][:4] for row in sheet.iter_rows()]
    assert [row[0] for row in rows] == [
        "Jour",
        "Grenoble",
        "Expositions et temps longs",
        "Vendredi 2 octobre 2026",
        "Samedi 3 octobre 2026",
        "Lans-en-Vercors",
        "Vendredi 2 octobre 2026",
    ]
    assert (sheet["D7"].value, sheet["D7"].data_type) == (f"=Cascade{NNBSP}?", "s")
    assert (sheet.print_title_rows, sheet.page_setup.orientation) == ("$1:$1", "landscape")


def test_files_of_an_unchanged_programme_are_the_same_and_english_is_whole(context, stored):
    def words(content: bytes) -> Any:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.read("content.xml").decode()

    first = export(context, SLUG, "xlsx")
    assert export(context, SLUG, "xlsx") == first
    with english():
        said = words(export(context, SLUG, "leaflet"))
    assert "Registration: fete.example" in said
    assert "See a muon" in said
    assert "Friday 2 October 2026" in said


def test_an_empty_programme_is_a_document_that_says_so(context):
    with context.database.write() as db:
        StoredProgramme(db)
    with zipfile.ZipFile(io.BytesIO(export(context, SLUG, "leaflet", drafts=True))) as archive:
        assert "Aucune séance n’est encore au programme." in archive.read("content.xml").decode()
    assert export(context, SLUG, "leaflet-xlsx", drafts=True)[:2] == b"PK"
    assert export(context, SLUG, "xlsx", drafts=True)[:2] == b"PK"
