"""Pictures over the API: handed in, told of, put on an activity and taken off it."""

import io
from typing import Any

import pytest
from flask import Flask

from services.scheduling.domain.editing.organisations import create_organisation
from services.scheduling.domain.images import LARGEST, prepare_image, store_image
from services.scheduling.models import Activity, Image
from services.scheduling.web import create_app
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.testing.contexts import NOW
from tests.services.scheduling.drafted_programme import DraftedProgramme
from tests.services.scheduling.programs import Program, bearer, organisers_token, token_value
from tests.services.scheduling.test_images import picture

PICTURES = "/api/v1/draft/pictures"
NO_PICTURE = "Ce fichier n’est pas une image lisible\u00a0: choisissez un JPEG, un PNG ou un WebP."


class Sender:
    """Hands files in with one token."""

    def __init__(self, context: ServiceContext) -> None:
        self.app: Flask = create_app(context)
        self.headers = bearer(token_value(context))

    def __call__(self, content: bytes | None, key: str = "", **headers: str) -> Any:
        """Send a file as a form does, with a boundary of its own each time."""
        form = {} if content is None else {"file": (io.BytesIO(content), "muon.jpg")}
        return self.app.test_client().post(
            PICTURES,
            data=form,
            content_type="multipart/form-data",
            headers={**self.headers, "Idempotency-Key": key or new_id().hex, **headers},
        )


@pytest.fixture
def send(context: ServiceContext) -> Sender:
    return Sender(context)


class Unread(io.RawIOBase):
    """What a client would send of its file, if anybody read it."""

    def readable(self) -> bool:
        return True

    def readinto(self, _buffer: Any) -> int:
        raise AssertionError("nobody should read this")


def test_a_picture_is_handed_in_and_told_of_with_its_addresses(
    context: ServiceContext, send: Sender
) -> None:
    made = send(picture(1200, 800))

    told = made.get_json()
    assert (made.status_code, made.headers["Location"]) == (201, f"{PICTURES}/{told['id']}")
    site = context.settings.public_url.rstrip("/")
    assert told == {
        "id": told["id"],
        "width": 1200,
        "height": 800,
        "created_at": NOW.isoformat(),
        "files": [
            {"width": width, "address": f"{site}/images/{told['id']}/{width}.webp"}
            for width in (480, 960, 1200)
        ],
    }
    read = Program(context, "programme:read")("GET", made.headers["Location"])
    assert (read.status_code, read.get_json()) == (200, told)
    again = Program(context, "programme:read")(
        "GET", made.headers["Location"], If_None_Match=read.headers["ETag"]
    )
    assert again.status_code == 304
    with context.database.read() as db:
        assert db.query(Image).one().account_id is not None


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"no picture", NO_PICTURE),
        (b"", "Choisissez une image."),
        (None, "Ce champ est obligatoire."),
        (
            picture(100, 100),
            "Cette image n’a que 100 pixels de large\u00a0: il en faut 200 au moins.",
        ),
    ],
)
def test_what_is_no_picture_is_refused_at_the_field(
    send: Sender, content: bytes | None, sentence: str
) -> None:
    refused = send(content)
    told = refused.get_json()
    assert (refused.status_code, told["code"]) == (422, "invalid")
    assert told["errors"] == {"files": {"file": [sentence]}}


def test_a_file_of_300_megabytes_is_refused_and_not_a_byte_of_it_is_read(send: Sender) -> None:
    refused = send.app.test_client().post(
        PICTURES,
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"wsgi.input": Unread(), "CONTENT_LENGTH": str(300 * 2**20)},
        headers={**send.headers, "Idempotency-Key": "large", "Accept-Language": "en"},
    )
    sentence = "This picture is 300 MB: choose one of 20 MB at most."
    told = refused.get_json()
    assert (refused.status_code, told["code"]) == (413, "too_large")
    assert (told["detail"], told["errors"]) == (sentence, {"files": {"file": [sentence]}})
    # One that announces nothing is read no further than what is allowed.
    endless = io.BytesIO(b"-" * (LARGEST + 2**20))
    stopped = send.app.test_client().post(
        PICTURES,
        content_type="multipart/form-data; boundary=x",
        headers={**send.headers, "Idempotency-Key": "endless"},
        environ_overrides={"wsgi.input": endless, "wsgi.input_terminated": True},
    )
    sentence = "Cette image pèse plus de 20 Mo\u00a0: choisissez-en une plus petite."
    assert (stopped.status_code, endless.tell() < LARGEST + 2**20) == (413, True)
    assert stopped.get_json()["errors"] == {"files": {"file": [sentence]}}


def test_the_same_picture_sent_again_under_its_key_is_kept_once(
    context: ServiceContext, send: Sender
) -> None:
    first = send(picture(), key="muon")
    again = send(picture(), key="muon")
    other = send(picture(700), key="muon")
    assert (again.status_code, again.get_json()) == (201, first.get_json())
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (other.status_code, list(other.get_json()["errors"])) == (422, ["headers"])
    with context.database.read() as db:
        assert db.query(Image).count() == 1


def test_a_picture_is_put_on_an_activity_and_taken_off(
    context: ServiceContext, send: Sender
) -> None:
    with context.database.write() as db:
        activity = DraftedProgramme(db).add_activity()
    picture_id = send(picture()).get_json()["id"]
    program = Program(context)
    address = f"/api/v1/draft/activities/{activity.id}"

    def put(tag: str, **body: Any) -> Any:
        return program("PUT", f"{address}/picture", body, If_Match=tag)

    assert put('"1"', picture_id=picture_id).get_json()["errors"] == {
        "json": {"alt_fr": ["Ce champ est obligatoire."]}
    }
    blind = put('"1"', picture_id=picture_id, alt_fr=" ")
    assert blind.get_json()["errors"] == {
        "json": {"alt_fr": ["Dites en une phrase ce que montre l’image."]}
    }
    unknown = put('"1"', picture_id=str(new_id()), alt_fr="Un muon")
    assert list(unknown.get_json()["errors"]["json"]) == ["picture_id"]
    done = put('"1"', picture_id=picture_id, alt_fr="Un muon", credit="Ada")
    told = done.get_json()
    assert (done.status_code, done.headers["ETag"]) == (200, '"2"')
    assert [told[name] for name in _SAID] == [picture_id, "Un muon", None, "Ada"]
    assert put('"1"', picture_id=picture_id, alt_fr="Deux").status_code == 412
    assert program("DELETE", f"{address}/picture").status_code == 428
    off = program("DELETE", f"{address}/picture", If_Match='"2"')
    assert [off.get_json()[name] for name in _SAID] == [None, None, None, None]
    entry, *_ = program("GET", f"{address}/history").get_json()["items"]
    assert (entry["account"], entry["before"]["image_alt_fr"]) == ("Nour Belkacem", "Un muon")


def test_no_activity_is_given_a_picture_without_what_it_shows(
    context: ServiceContext, send: Sender
) -> None:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        activity = programme.add_activity()
    picture_id = send(picture()).get_json()["id"]
    program = Program(context)
    address = f"/api/v1/draft/activities/{activity.id}"
    faults = {"json": {"image_alt_fr": ["Dites en une phrase ce que montre l’image."]}}

    blind = program("PATCH", address, {"image_id": picture_id}, If_Match='"1"')
    assert (blind.status_code, blind.get_json()["errors"]) == (422, faults)
    new = {"edition_id": str(programme.edition.id), "title_fr": "Muon", "image_id": picture_id}
    assert program("POST", "/api/v1/draft/activities", new).get_json()["errors"] == faults
    said = {"image_id": picture_id, "image_alt_fr": "Un muon"}
    assert program("PATCH", address, said, If_Match='"1"').status_code == 200
    other = send(picture(900)).get_json()["id"]  # what the first showed still holds
    assert program("PATCH", address, {"image_id": other}, If_Match='"2"').status_code == 200


def test_a_picture_is_put_on_what_is_ones_own_alone_and_a_private_one_is_not_told_of(
    context: ServiceContext,
) -> None:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        activity = programme.add_activity()
        theirs = create_organisation(db, {"name": "Casemate"}, **programme.by)
        private = store_image(
            db, prepare_image(picture()), is_private=True, account_id=None, now=NOW
        )
    lou = Program(context, token=organisers_token(context, "lou@parvis.example", theirs.id))
    body = {"picture_id": str(private.id), "alt_fr": "Un muon"}
    address = f"/api/v1/draft/activities/{activity.id}/picture"
    assert lou("PUT", address, body, If_Match='"1"').status_code == 403
    assert lou("DELETE", address, If_Match='"1"').status_code == 403
    assert lou("GET", f"{PICTURES}/{private.id}").status_code == 404
    refused = Program(context)("PUT", address, body, If_Match='"1"')
    assert (refused.status_code, list(refused.get_json()["errors"]["json"])) == (
        422,
        ["picture_id"],
    )
    with context.database.read() as db:
        assert db.get_one(Activity, activity.id).image_id is None


_SAID = ("image_id", "image_alt_fr", "image_alt_en", "image_credit")
