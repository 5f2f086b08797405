"""The texts of the law over the API: read and changed by the coordination, for all to see."""

from services.scheduling.domain.site_texts import KEYS
from services.scheduling.web import create_app
from shared.context import ServiceContext
from tests.services.scheduling.programs import Program, organisers_token

TEXTS = "/api/v1/texts"


def test_a_fact_is_changed_by_who_has_seen_the_text(context: ServiceContext) -> None:
    program = Program(context)
    assert [text["key"] for text in program("GET", TEXTS).get_json()["items"]] == list(KEYS)
    address = f"{TEXTS}/legal_notice"
    first = program("GET", address)
    notice = first.get_json()
    assert (first.headers["ETag"], notice["revision"]) == ('"text-0"', 0)
    assert "publisher" in notice["missing"]
    facts = {"facts": {"publisher": "Association Parvis"}}
    changed = program("PATCH", address, facts, If_Match='"text-0"')
    assert changed.get_json() == {
        **notice,
        "revision": 1,
        "facts": {**notice["facts"], **facts["facts"]},
        "missing": [name for name in notice["missing"] if name != "publisher"],
    }
    public = create_app(context).test_client().get("/mentions-legales")
    assert "Association Parvis" in public.text
    late = program("PATCH", address, {"text_fr": "Rien."}, If_Match='"text-0"')
    assert (late.status_code, late.get_json()["current"]) == (412, changed.get_json())


def test_what_a_text_does_not_say_or_cannot_take_is_refused_at_its_field(
    context: ServiceContext,
) -> None:
    program = Program(context)
    for key, facts, field in (
        ("legal_notice", {"publisher_email": "nowhere"}, {"publisher_email"}),
        ("personal_data", {"retention_months": "0"}, {"retention_months"}),
    ):
        answer = program("PATCH", f"{TEXTS}/{key}", {"facts": facts}, If_Match='"text-0"')
        assert (answer.status_code, set(answer.get_json()["errors"]["json"]["facts"])) == (
            *(422, field),
        )
    strange = program("PATCH", f"{TEXTS}/legal_notice", {"facts": {"x": ""}}, If_Match='"text-0"')
    assert isinstance(strange.get_json()["errors"]["json"]["facts"], list)
    assert program("GET", f"{TEXTS}/nothing").status_code == 404


def test_texts_are_the_coordinations(context: ServiceContext) -> None:
    organiser = Program(context, token=organisers_token(context, "lou@example.org"))
    assert organiser("GET", TEXTS).status_code == 403
    change = organiser("PATCH", f"{TEXTS}/legal_notice", {"text_fr": "À moi"}, If_Match='"text-0"')
    assert change.status_code == 403


def test_what_everybody_sees_at_once_is_no_draft(context: ServiceContext) -> None:
    writer = Program(context, "programme:write")
    address, change = f"{TEXTS}/legal_notice", {"text_fr": "Rien."}
    refused = writer("PATCH", address, change, If_Match='"text-0"')
    assert (refused.status_code, refused.get_json()["scope"]) == (403, "releases:write")
    both = Program(context, "programme:write", "releases:write")
    assert both("PATCH", address, change, If_Match='"text-0"').status_code == 200
    answer = create_app(context).test_client().get("/api/v1/scheduling/openapi.json")
    description = answer.get_json()
    paths, needed = description["paths"], ["programme:write", "releases:write"]
    for path, method in (
        ("/api/v1/texts/{key}", "patch"),
        ("/api/v1/draft/venues/{row_id}/merge", "post"),
        ("/api/v1/editions/{slug}/conflicts/{key}/acceptance", "put"),
        ("/api/v1/editions/{slug}/conflicts/{key}/acceptance", "delete"),
    ):
        (needs,) = paths[path][method]["security"]
        assert list(needs.values()) == [needed]
