"""Two people note how an exhibition arrived and left, by keyboard alone, with a photograph."""

import io
import re

from PIL import Image
from playwright.sync_api import expect

from shared.testing.accessibility import faults_of

INES = ("Ines Favre", "--role", "venue", "--venue", "Médiathèque de Voiron")
LUCE = ("Luce Pret", "--role", "organiser", "--organisation", "Laboratoire des glaces et du climat")
ZOE = ("Zoe Ailleurs", "--role", "venue", "--venue", "Muséum des Cimes")

PHONE = {"viewport": {"width": 360, "height": 740}}

#: The tag of Exif that leads to where a photograph was taken.
_PLACE = 0x8825


def photograph():
    """Return a photograph as a telephone takes it, which tells where that was."""
    exif = Image.Exif()
    exif[_PLACE] = {1: "N", 2: (45.0, 21.0, 51.0)}
    content = io.BytesIO()
    Image.new("RGB", (640, 480), "#335577").save(content, "JPEG", exif=exif)
    return content.getvalue()


def open_the_stop(person):
    person.go("/console/tours")
    person.follow(re.compile("^Isère, "), leading_to=re.compile(r"/console/tours/[0-9a-f-]+$"))
    person.follow("Médiathèque de Voiron", leading_to="**/stops/*")


def choose(person, name):
    person.main.get_by_role("radio", name=name, exact=True).press("Space")


def reports_of(person):
    """Return the reports, oldest first: each begins with when it was made."""
    headings = person.page.get_by_role("heading", name=re.compile("^(À l’arrivée|Au départ)$"))
    return person.main.get_by_role("listitem").filter(has=headings)


def test_how_an_exhibition_arrived_and_left_is_noted_and_shown_to_its_parties_alone(enter):
    ines = enter(*INES, **PHONE)
    open_the_stop(ines)
    ines.main.get_by_text("Faire un constat").press("Enter")
    choose(ines, "À l’arrivée")
    choose(ines, "Abîmé")
    ines.type("Légende", "Le coin du panneau 4")
    ines.press("Noter le constat")
    expect(ines.page.get_by_label("Ce que vous voyez")).to_have_attribute("aria-invalid", "true")
    expect(ines.page.get_by_label("Légende")).to_have_value("Le coin du panneau 4")
    expect(ines.main.get_by_role("radio", name="Abîmé")).to_be_checked()
    assert faults_of(ines.page) == []

    ines.type("Légende", "Le coin du panneau 4 " * 10)
    ines.type("Ce que vous voyez", "Un coin du panneau 4 est déchiré.")
    ines.press("Noter le constat")
    expect(ines.page.get_by_label("Légende")).to_have_attribute("aria-invalid", "true")
    expect(ines.page.get_by_label("Ce que vous voyez")).to_have_value(re.compile("déchiré"))
    ines.type("Légende", "Le coin du panneau 4")
    ines.page.get_by_label("Photographies").set_input_files(
        {"name": "panneau.jpg", "mimeType": "image/jpeg", "buffer": photograph()}
    )
    ines.press("Noter le constat")
    expect(ines.page.get_by_text("Le constat est noté.")).to_be_visible()
    expect(reports_of(ines)).to_contain_text(["Un coin du panneau 4 est déchiré."])
    shown = ines.main.get_by_role(
        "img", name="Photographie 1 du constat, à l’arrivée – Le coin du panneau 4"
    )
    shown.scroll_into_view_if_needed()
    expect(shown).to_have_js_property("naturalWidth", 480)
    assert faults_of(ines.page) == []

    luce = enter(*LUCE)
    open_the_stop(luce)
    luce.main.get_by_text("Faire un constat").press("Enter")
    choose(luce, "Au départ")
    choose(luce, "Usé")
    luce.press("Noter le constat")
    expect(luce.page.get_by_text("Le constat est noté.")).to_be_visible()
    expect(reports_of(luce)).to_contain_text(["Ines Favre", "Luce Pret"])
    expect(reports_of(luce)).to_contain_text(["Abîmé", "Usé"])
    luce.main.get_by_role("link", name=re.compile("^Photographie 1")).press("Enter")
    luce.page.wait_for_url("**/photos/*/1600.webp")
    photo = luce.page.url
    seen = luce.page.request.get(photo)
    assert (seen.status, dict(Image.open(io.BytesIO(seen.body())).getexif())) == (200, {})

    zoe = enter(*ZOE)
    open_the_stop(zoe)
    expect(zoe.page.get_by_role("heading", name="Quand")).to_be_visible()
    expect(zoe.page.get_by_text("Constats d’état")).to_have_count(0)
    token = zoe.page.locator("[name=csrf_token]").first.input_value()
    report = {"csrf_token": token, "moment": "departure", "condition": "good"}
    answer = zoe.page.request.post(f"{zoe.page.url}/reports", form=report)
    assert (answer.status, zoe.page.request.get(photo).status) == (403, 403)
    nobody = enter().page.request.get(photo, max_redirects=0)
    assert (nobody.status, "/console/sign-in" in nobody.headers["location"]) == (303, True)
