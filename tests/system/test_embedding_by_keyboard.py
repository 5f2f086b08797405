"""The list of a commune is prepared by keyboard alone, and shown on a page of its town hall."""

import re
from contextlib import contextmanager
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import expect

from shared.testing.accessibility import faults_of
from shared.testing.serving import served

_PAGE = """<!DOCTYPE html>
<html lang="fr"><head><meta charset="utf-8"><title>Mairie de Voiron</title></head>
<body><main><h1>La fête de la science à Voiron</h1>{code}</main></body></html>"""


@contextmanager
def town_hall(code):
    """Serve a page with this code, on a site of its own; give its address."""
    app = Flask(__name__)
    app.add_url_rule("/", view_func=lambda: _PAGE.format(code=code))
    with served(app) as address:
        yield address.replace("127.0.0.1", "localhost")


def test_a_list_is_prepared_copied_and_shown_on_another_site(enter, installation):
    somebody = enter()
    somebody.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    somebody.go("/embed")
    preview = somebody.page.frame_locator("iframe")
    expect(preview.locator(".embed-when")).to_have_count(10)
    assert faults_of(somebody.page) == []

    somebody.page.get_by_label("Commune").focus()
    somebody.page.keyboard.type("Voiron")
    somebody.type("Nombre de séances", "3")
    somebody.set("Couleur des liens", "#c03050")
    somebody.press("Mettre à jour")
    somebody.page.wait_for_url("**/embed?*commune=38563*")
    expect(somebody.page.get_by_label("Commune")).to_have_value("38563")
    expect(preview.locator(".embed-when")).to_have_count(3)
    expect(preview.locator(".embed-when").first).to_have_css("color", "rgb(192, 48, 80)")
    titles = preview.get_by_role("heading", level=3).all_inner_texts()
    assert faults_of(somebody.page) == []

    somebody.press("Copier le code")
    expect(somebody.main.get_by_role("status")).to_have_text("Code copié")
    code = somebody.page.evaluate("navigator.clipboard.readText()")
    assert code == somebody.page.get_by_label("Le code à coller").input_value()

    ours = urlsplit(re.search('src="([^"]+)"', code)[1])
    code = code.replace(f"{ours.scheme}://{ours.netloc}", installation.url(""))
    visitor = enter()
    with town_hall(code) as address:
        visitor.page.goto(address)
        listed = visitor.page.frame_locator("iframe[title='Programme des séances']")
        expect(listed.get_by_role("heading", level=3)).to_have_text(titles)
        assert faults_of(visitor.page) == []
        assert visitor.page.context.cookies() == []
        with visitor.page.context.expect_page() as opened:
            listed.get_by_role("heading", level=3).first.get_by_role("link").press("Enter")
        expect(opened.value.get_by_role("heading", level=1)).to_have_text(titles[0])
