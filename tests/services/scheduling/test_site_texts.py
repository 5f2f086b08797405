"""The texts of the law: what is shown of them, who may change them, what the others learn."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from services.scheduling.domain import site_texts as domain
from services.scheduling.domain.editing.revisions import Conflict, Invalid
from services.scheduling.domain.legal_markdown import render
from services.scheduling.domain.site_facts import FACTS
from services.scheduling.models import Account, SignIn
from services.scheduling.web import create_app
from shared.context import ServiceContext
from shared.contracts.scheduling import SITE_DESCRIBED
from shared.messaging.tables import OUTBOX
from shared.site import SITE_ID
from shared.testing.contexts import NOW
from shared.web.sign_in import SignedInAccount
from tests.shared.web_application import account_cookie

COMPLETE = {
    "legal_notice": {
        "publisher": "Université Grenoble Alpes",
        "publisher_address": "621 avenue Centrale\n38400 Saint-Martin-d’Hères",
        "publisher_phone": "04 76 00 00 00",
        "publisher_email": "contact@example.org",
        "director": "Camille Delaunay, présidente",
        "host": "Hébergeur & fils",
        "host_address": "Rue du Port, Lyon",
        "host_phone": "04 78 00 00 00",
    },
    "personal_data": {"retention_months": "12"},
    "accessibility": {"stated_on": "2026-09-20"},
}


@pytest.fixture
def staff(context: ServiceContext) -> FlaskClient:
    """Return the client of a coordinator who is signed in."""
    app = create_app(context)
    app.config["WTF_CSRF_ENABLED"] = False
    with context.database.write() as db:
        account = Account(
            email="c@example.org", name="Camille", roles=["coordinator"], created_at=NOW
        )
        db.add(account)
        db.flush()
        sign_in = SignIn(
            account_id=account.id,
            token_hash="x",
            started_at=NOW,
            expires_at=NOW + timedelta(hours=1),
        )
        db.add(sign_in)
        db.flush()
        signed_in = SignedInAccount(account.id, "Camille", ("coordinator",), sign_in.id)
    client = app.test_client()
    client.set_cookie("parvis_account", account_cookie(app, signed_in))
    return client


def save(context: ServiceContext, key: str, typed: dict[str, str], seen: int = 0) -> None:
    with context.database.write() as db:
        values = domain.values_of(domain.site_texts(db), key) | typed
        domain.save(db, key, values, revision=seen, account_id=None, now=context.clock())


def described(context: ServiceContext) -> list[tuple[int, dict[str, object]]]:
    with context.database.read() as db:
        rows = db.execute(
            sa.select(OUTBOX.c.aggregate_id, OUTBOX.c.aggregate_version, OUTBOX.c.data)
            .where(OUTBOX.c.type == SITE_DESCRIBED.type)
            .order_by(OUTBOX.c.row)
        ).all()
    assert {row.aggregate_id for row in rows} <= {SITE_ID}
    return [(row.aggregate_version, row.data) for row in rows]


def form_of(client: FlaskClient, key: str) -> dict[str, str]:
    """Return what a browser would send of the form as it is shown."""
    page = client.get(f"/console/texts/{key}").text
    hidden = dict(re.findall(r'type="hidden" name="([\w-]+)" value="([^"]*)"', page))
    names = ["text_fr", "text_en", *(field.name for field in FACTS[key])]
    return {**hidden, **{name: _typed(page, name) for name in names}}


def _typed(page: str, name: str) -> str:
    area = re.search(rf'<textarea id="{name}"[^>]*>\n?([^<]*)</textarea>', page)
    if area:
        return area[1]
    found = re.search(rf'id="{name}" name="{name}"[^>]*? value="([^"]*)"', page)
    assert found, name
    return found[1]


@pytest.mark.parametrize("locale", ["fr", "en"])
@pytest.mark.parametrize("path", ["/accessibilite", "/mentions-legales", "/donnees-personnelles"])
def test_a_complete_text_is_shown_that_marks_what_only_the_operator_knows(
    client: FlaskClient, path: str, locale: str
) -> None:
    page = client.get(f"{path}?lang={locale}").text
    words = "à compléter" if locale == "fr" else "to be completed"
    assert page.count("<h2>") >= 5
    assert words in page
    assert not re.search(r"\{\w+\}", page)


def test_nothing_is_marked_once_the_operator_has_said_all(
    client: FlaskClient, context: ServiceContext
) -> None:
    for key, typed in COMPLETE.items():
        save(context, key, typed)
    pages = [
        client.get(f"{path}?lang={locale}").text
        for path in ("/accessibilite", "/mentions-legales", "/donnees-personnelles")
        for locale in ("fr", "en")
    ]
    assert not [page for page in pages if "to-complete" in page]
    assert "621 avenue Centrale<br>38400 Saint-Martin-d’Hères" in pages[2]
    assert "Hébergeur &amp; fils" in pages[2]
    assert "12 mois après la fin de l’édition" in pages[4]
    assert '<a href="mailto:contact@example.org"' in pages[5]


@pytest.mark.parametrize(
    ("typed", "footer", "words"),
    [
        ({}, "Accessibilité : non conforme", "Aucun audit"),
        ({"audited_on": "2026-09-01", "audit_rate": "49"}, "Accessibilité : non conforme", "49"),
        (
            {"audited_on": "2026-09-01", "audit_rate": "78,5", "auditor": "Voir ensemble"},
            "Accessibilité : partiellement conforme",
            "78,5",
        ),
        (
            {"audited_on": "2026-09-01", "audit_rate": "100"},
            "Accessibilité : totalement conforme",
            "100",
        ),
        (
            {"audited_on": "2023-09-01", "audit_rate": "100"},
            "Accessibilité : non conforme",
            "plus de trois ans",
        ),
    ],
)
def test_the_foot_says_what_the_last_audit_allows(
    client: FlaskClient, context: ServiceContext, typed: dict[str, str], footer: str, words: str
) -> None:
    save(context, "accessibility", typed)
    page = client.get("/accessibilite").text.replace("\u00a0", " ")
    assert f">{footer}</a>" in page
    assert words in page


def test_what_is_typed_can_be_no_script() -> None:
    text = "# Titre\n\n<script>x</script> [a](javascript:x) {host} ![i](http://e.org/i.png)"
    html = render(
        text, {"host": "<img src=x onerror=x>"}, today=NOW.date(), public_url="http://e.org"
    )
    assert html == (
        "<h2>Titre</h2>\n<p>&lt;script&gt;x&lt;/script&gt; [a](javascript:x) "
        "&lt;img src=x onerror=x&gt; </p>\n"
    )


def test_the_other_services_learn_of_the_facts_and_only_when_they_change(
    context: ServiceContext,
) -> None:
    save(context, "accessibility", {"text_fr": "## Bien à nous"})
    save(context, "legal_notice", {"publisher": "Université", "publisher_email": "u@example.org"})
    save(context, "personal_data", {"retention_months": "6", "contact_email": "dpo@example.org"})
    save(context, "personal_data", {"text_en": "## Ours"}, seen=1)
    unsaid = {"retention_months": None, "audited_on": None, "audit_rate": None}
    first = {"responsible": "Université", "contact_email": "u@example.org", **unsaid}
    assert described(context) == [
        (2, first),
        (3, {**first, "retention_months": 6, "contact_email": "dpo@example.org"}),
    ]


@pytest.mark.parametrize(
    ("key", "name", "typed"),
    [
        ("legal_notice", "publisher_email", "personne"),
        ("legal_notice", "publisher_phone", "demain"),
        ("legal_notice", "publisher", "x" * 501),
        ("personal_data", "retention_months", "0"),
        ("personal_data", "retention_months", "un an"),
        ("accessibility", "audited_on", "2026-02-30"),
        ("accessibility", "audit_rate", "101"),
        ("accessibility", "audit_rate", "nan"),
        ("accessibility", "text_fr", "x" * 40_001),
        ("accessibility", "text_en", "a\x00b"),
    ],
)
def test_an_answer_that_cannot_be_kept_is_refused_at_its_field(
    context: ServiceContext, key: str, name: str, typed: str
) -> None:
    with pytest.raises(Invalid) as refused:
        save(context, key, {name: typed})
    assert list(refused.value.faults) == [name]
    with context.database.read() as db:
        assert domain.site_texts(db).rows == {}


def test_a_text_like_the_default_one_stays_the_default(context: ServiceContext) -> None:
    default = domain.default_text("legal_notice", "fr")
    save(context, "legal_notice", {"text_fr": "## Autre"})
    with context.database.read() as db:
        assert domain.site_texts(db).own("legal_notice", "fr") == "## Autre"
    save(context, "legal_notice", {"text_fr": default.replace("\n", "\r\n")}, seen=1)
    with context.database.read() as db:
        texts = domain.site_texts(db)
        assert (texts.own("legal_notice", "fr"), texts.revision("legal_notice")) == (None, 2)


def test_nobody_saves_over_what_they_have_not_seen(context: ServiceContext) -> None:
    save(context, "legal_notice", {"publisher": "Claire"})
    with pytest.raises(Conflict):
        save(context, "legal_notice", {"publisher": "Camille"})


def test_the_console_saves_a_text_and_the_page_shows_it_at_once(staff: FlaskClient) -> None:
    assert "Accessibilité" in staff.get("/accessibilite").text
    form = form_of(staff, "accessibility")
    form |= {"audited_on": "2026-09-01", "audit_rate": "80", "text_fr": "## Chez nous {conformity}"}
    assert staff.post("/console/texts/accessibility", data=form).status_code == 303
    page = staff.get("/accessibilite").text
    assert "<h2>Chez nous partiellement conforme</h2>" in page
    assert "Accessibilité\u00a0: partiellement conforme</a>" in page
    assert "Modifié par Camille" in staff.get("/console/texts").text


def test_a_preview_and_the_default_text_save_nothing(staff: FlaskClient) -> None:
    form = form_of(staff, "legal_notice") | {"publisher": "Essai", "text_fr": "## Un {publisher}"}
    preview = staff.post("/console/texts/legal_notice", data={**form, "action": "preview"}).text
    assert "<h2>Un Essai</h2>" in preview
    restored = staff.post("/console/texts/legal_notice", data={**form, "action": "restore"}).text
    assert _typed(restored, "publisher") == "Essai"
    assert "## Hébergeur" in _typed(restored, "text_fr")
    assert "Essai" not in staff.get("/mentions-legales").text


def test_a_fault_is_shown_at_its_field_with_what_was_typed(staff: FlaskClient) -> None:
    form = form_of(staff, "legal_notice") | {"publisher_email": "personne", "publisher": "Essai"}
    answer = staff.post("/console/texts/legal_notice", data=form)
    assert answer.status_code == 422
    assert 'href="#publisher_email"' in answer.text
    assert _typed(answer.text, "publisher") == "Essai"


def test_two_people_edit_one_text_and_nothing_is_lost(staff: FlaskClient) -> None:
    path = "/console/texts/legal_notice"
    mine, theirs = form_of(staff, "legal_notice"), form_of(staff, "legal_notice")
    theirs |= {"publisher": "La Casemate", "host": "Un hébergeur"}
    assert staff.post(path, data=theirs).status_code == 303

    mine |= {"publisher": "Université", "director": "Camille"}
    asked = staff.post(path, data=mine)
    assert asked.status_code == 409
    assert "Camille a enregistré entre-temps" in asked.text
    assert re.findall(r'name="(keep-\w+)" value="theirs"', asked.text) == ["keep-publisher"]
    assert _typed(asked.text, "host") == "Un hébergeur"

    hidden = dict(re.findall(r'type="hidden" name="([\w-]+)" value="([^"]*)"', asked.text))
    names = ["text_fr", "text_en", *(field.name for field in FACTS["legal_notice"])]
    again = {**hidden, **{name: _typed(asked.text, name) for name in names}}
    assert staff.post(path, data={**again, "keep-publisher": "theirs"}).status_code == 303
    saved = form_of(staff, "legal_notice")
    assert (saved["publisher"], saved["host"], saved["director"]) == (
        "La Casemate",
        "Un hébergeur",
        "Camille",
    )


def test_changes_of_different_fields_are_joined_without_a_question(staff: FlaskClient) -> None:
    path = "/console/texts/legal_notice"
    mine, theirs = form_of(staff, "legal_notice"), form_of(staff, "legal_notice")
    staff.post(path, data=theirs | {"host": "Un hébergeur"})
    assert staff.post(path, data=mine | {"director": "Camille"}).status_code == 303
    saved = form_of(staff, "legal_notice")
    assert (saved["host"], saved["director"]) == ("Un hébergeur", "Camille")


def test_the_console_home_says_what_is_missing_until_it_is_there(
    staff: FlaskClient, context: ServiceContext
) -> None:
    words = "Avant d’ouvrir le site au public"
    assert words in staff.get("/console").text
    for key, typed in COMPLETE.items():
        save(context, key, typed)
    assert words not in staff.get("/console").text


def test_only_coordinators_edit_the_texts_and_unknown_ones_are_not_found(
    client: FlaskClient, staff: FlaskClient
) -> None:
    assert client.get("/console/texts").status_code == 303
    assert staff.get("/console/texts/secrets").status_code == 404
