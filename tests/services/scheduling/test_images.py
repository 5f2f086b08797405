"""Pictures: checked, turned upright, stripped of what they tell of their maker, given in widths."""

import contextlib
import io
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image as Pillow
from PIL import ImageOps

from services.scheduling.domain import images
from services.scheduling.domain.editing.fields import Fault
from services.scheduling.domain.images import image_file, prepare_image, store_image
from services.scheduling.models import Activity
from shared.context import ServiceContext
from shared.testing.contexts import NOW
from tests.services.scheduling.console_browsing import Staff
from tests.services.scheduling.console_programme import EDITION, only
from tests.services.scheduling.drafted_programme import DraftedProgramme


def picture(width: int = 640, height: int = 400, mode: str = "RGB", kind: str = "JPEG") -> bytes:
    made = io.BytesIO()
    Pillow.new(mode, (width, height), 120 if mode in ("L", "P", "1") else "teal").save(made, kind)
    return made.getvalue()


def opened(content: bytes) -> Pillow.Image:
    return Pillow.open(io.BytesIO(content))


def test_a_photograph_is_turned_upright_and_nothing_of_where_it_was_taken_is_kept():
    exif = Pillow.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "Maker of cameras"
    exif.get_ifd(0x8825)[1] = "N"
    made = io.BytesIO()
    Pillow.new("RGB", (800, 400), "teal").save(made, "JPEG", exif=exif, comment=b"secret")

    prepared = prepare_image(made.getvalue())

    assert (prepared.width, prepared.height) == (400, 800)
    assert list(prepared.files) == [400]
    content = prepared.files[400]
    assert (b"Maker" in content, b"secret" in content, b"EXIF" in content) == (False,) * 3
    assert (opened(content).format, opened(content).size) == ("WEBP", (400, 800))


def test_a_large_picture_is_given_in_three_widths_and_a_small_one_is_not_enlarged():
    assert list(prepare_image(picture(3000, 2000)).files) == [480, 960, 1600]
    assert list(prepare_image(picture(700, 500)).files) == [480, 700]


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "1", "I;16"])
def test_a_large_picture_is_reduced_before_any_copy_is_made_of_it(
    monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 6  # lies on its side
    made = io.BytesIO()
    Pillow.new(mode, (5000, 4000)).save(made, "PNG", exif=exif)
    turned, seen = ImageOps.exif_transpose, []

    def watch(picture: Any, **options: Any) -> Any:
        seen.append(picture.size)
        return turned(picture, **options)

    monkeypatch.setattr(ImageOps, "exif_transpose", watch)
    prepared = prepare_image(made.getvalue())

    assert seen == [(4000, 3200) if mode in ("P", "1") else (2000, 1600)]
    assert (prepared.width, prepared.height, list(prepared.files)) == (1600, 2000, [480, 960, 1600])
    assert opened(prepared.files[480]).size == (480, 600)


def test_pictures_are_prepared_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    free: list[bool] = []

    def watch(_given: Any) -> None:
        free.append(images._ONE_AT_A_TIME.acquire(blocking=False))

    monkeypatch.setattr(images, "_reduce", watch)
    for content in (picture(), picture()[:300]):
        with contextlib.suppress(Fault):
            prepare_image(content)
    assert set(free) == {False}
    assert images._ONE_AT_A_TIME.acquire(blocking=False)
    images._ONE_AT_A_TIME.release()


def test_more_than_fifty_megapixels_are_nobodys_photograph() -> None:
    with pytest.raises(Fault, match="trop de pixels"):
        prepare_image(picture(10_000, 5_001, "1", "PNG"))


@pytest.mark.parametrize("mode", ["L", "RGBA", "CMYK", "1"])
def test_any_mode_becomes_a_plain_picture(mode):
    prepared = prepare_image(picture(mode=mode, kind="TIFF" if mode != "RGBA" else "PNG"))

    assert opened(prepared.files[640]).mode in ("RGB", "RGBA")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "n’est pas une image lisible"),
        (b"GIF89a and nothing more", "n’est pas une image lisible"),
        (picture()[:-400], None),
        (picture(120, 90), "que 120 pixels de large"),
        (picture(300, 17_000, kind="PNG"), "trop étroite"),
        (Path(__file__).read_bytes(), "n’est pas une image lisible"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_reason(content, words):
    try:
        prepare_image(content)
    except Fault as fault:
        said = str(fault.sentence)
    else:
        said = ""
    assert words is None or words in said


def test_a_picture_too_heavy_or_with_too_many_pixels_is_refused_unread(monkeypatch):
    monkeypatch.setattr(images, "LARGEST", 1000)
    with pytest.raises(Fault, match="Cette image pèse"):
        prepare_image(b"x" * 1001)
    monkeypatch.setattr(images, "LARGEST", 10**9)
    monkeypatch.setattr(images, "MOST_PIXELS", 1000)
    with pytest.raises(Fault, match="trop de pixels"):
        prepare_image(picture())


def test_a_private_picture_is_not_among_the_public_ones(
    context: ServiceContext, client: FlaskClient
) -> None:
    prepared = prepare_image(picture(700, 500))
    who: dict[str, Any] = {"account_id": None, "now": NOW}
    with context.database.write() as db:
        public = store_image(db, prepared, is_private=False, **who)
        private = store_image(db, prepared, is_private=True, **who)
    with context.database.read() as db:
        assert image_file(db, private.id, 480) is None
        assert image_file(db, private.id, 480, is_private=True) == prepared.files[480]
        assert image_file(db, public.id, 600) == prepared.files[700]
        assert image_file(db, public.id, 5000) == prepared.files[700]

    answer = client.get(f"/images/{public.id}/480.webp")
    assert (answer.mimetype, answer.data) == ("image/webp", prepared.files[480])
    assert "immutable" in answer.headers["Cache-Control"]
    assert client.get(f"/images/{private.id}/480.webp").status_code == 404


def test_a_picture_comes_with_the_form_or_ahead_of_it_and_its_faults_are_told_at_the_field(
    context: ServiceContext,
) -> None:
    with context.database.write() as db:
        activity = DraftedProgramme(db).add_activity()
    ada = Staff(context, "coordinator")
    page = f"{EDITION}/activities/{activity.id}"
    form = ada.form_of(page)

    def send(content: bytes, **fields: str) -> Any:
        data = {**form.to_dict(), **fields, "image": (io.BytesIO(content), "photo.jpg")}
        return ada.client.post(page, data=data, content_type="multipart/form-data")

    refused = send(b"no picture", image_alt_fr="Un muon")
    assert (refused.status_code, 'id="image-error"' in refused.text) == (422, True)
    assert 'value="Un muon"' in refused.text
    assert only(context, Activity).image_alt_fr is None
    blind = send(picture())
    assert (blind.status_code, 'id="image_alt_fr-error"' in blind.text) == (422, True)
    form = ada.form_of(page)
    assert send(picture(), image_alt_fr="Un muon", image_credit="Ada").status_code == 303
    stored = only(context, Activity)
    assert (stored.image_alt_fr, stored.image_credit) == ("Un muon", "Ada")
    assert ada.get(f"/images/{stored.image_id}/480.webp").status_code == 200

    token = ada.form_of(page)["csrf_token"]
    sent = ada.client.post(
        "/console/pictures",
        data={"csrf_token": token, "file": (io.BytesIO(picture()), "x.jpg")},
        content_type="multipart/form-data",
    )
    told = sent.get_json()
    assert (sent.status_code, told["width"], told["height"]) == (201, 640, 400)
    assert ada.get(told["src"]).status_code == 200
    wrong = ada.client.post(
        "/console/pictures",
        data={"csrf_token": token, "file": (io.BytesIO(b"x"), "x.jpg")},
        content_type="multipart/form-data",
    )
    assert (wrong.status_code, "image lisible" in wrong.get_json()["error"]) == (422, True)
