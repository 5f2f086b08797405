"""The form and the foot of its page say of the site what scheduling told."""

import pytest

from services.registration.web import create_app
from shared.contracts.scheduling import SITE_DESCRIBED
from shared.site import keep_site
from tests.contracts.golden import golden
from tests.services.registration.browsing import Visitor
from tests.services.registration.factories import publish


@pytest.fixture
def visitor(context):
    return Visitor(create_app(context))


def test_the_form_names_who_is_responsible_where_to_write_and_for_how_long(context, visitor):
    session = publish(context)
    with context.database.write() as db:
        keep_site(db, golden(SITE_DESCRIBED))
    page = visitor.get(f"/register/{session}")
    for said in (
        "Université Grenoble Alpes, coordination de la Fête de la science",
        "donnees@example.org",
        "12 mois après la fin de l’édition",
        "partiellement conforme",
    ):
        assert said in page.text


def test_before_anything_was_told_the_form_names_the_coordination(context, visitor):
    page = visitor.get(f"/register/{publish(context)}")
    assert "La coordination de" in page.text
    assert "3 mois après la fin de l’édition, puis tout s’efface" in page.text
    assert "non conforme" in page.text


def test_the_form_says_what_is_optional_and_what_goes_sooner(context, visitor):
    page = visitor.get(f"/register/{publish(context)}")
    for said in (
        "Le téléphone est facultatif",
        "les besoins d’accès, un jour après la séance",
        "le jour écrit sous chacune",
        "Jamais le nom ni l’âge d’un enfant",
        "Le lien de votre inscription le permet tout de suite",
    ):
        assert said in page.text
