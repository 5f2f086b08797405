import os
from pathlib import Path

import pytest

from shared.web.static_files import FOR_EVER, StaticFiles
from tests.shared.web_application import small_application, small_context


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "static"
    (root / "sheet.css").mkdir(parents=True)
    (root / "sheet.css" / "20-b.css").write_text('b { background: url("mark.svg") }')
    (root / "sheet.css" / "10-a.css").write_text("a {}")
    (root / "mark.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("secret")
    return root


def test_a_folder_named_like_a_file_is_its_parts_in_order(folder: Path) -> None:
    files = StaticFiles({"shared": folder})
    sheet = files.find("shared/sheet.css")
    assert sheet is not None
    assert sheet.body.startswith(b"a {}\nb {")
    assert sheet.content_type == "text/css; charset=utf-8"
    assert files.url("shared/mark.svg").encode() in sheet.body


def test_another_content_has_another_address(folder: Path) -> None:
    before = StaticFiles({"shared": folder}).url("shared/sheet.css")
    (folder / "mark.svg").write_text("<svg><g/></svg>")
    os.utime(folder / "mark.svg", (1, 1))  # another time, however coarse the file system's clock
    assert StaticFiles({"shared": folder}).url("shared/sheet.css") != before


@pytest.mark.parametrize(
    "name",
    [
        "shared/../secret.txt",
        "shared//etc/passwd",
        "shared/",
        "shared",
        "other/mark.svg",
        "shared/no",
    ],
)
def test_nothing_outside_the_folders_is_found(folder: Path, name: str) -> None:
    assert StaticFiles({"shared": folder}).find(name) is None


def test_a_hashed_address_is_kept_for_ever_and_any_other_asked_again(tmp_path: Path) -> None:
    app = small_application(small_context(tmp_path))
    client = app.test_client()
    address = app.jinja_env.globals["static"]("shared/parvis.css")  # type: ignore[operator]
    assert client.get(address).headers["Cache-Control"] == FOR_EVER
    bare = client.get("/static/shared/parvis.css")
    assert bare.headers["Cache-Control"] == "no-cache"
    again = client.get("/static/shared/parvis.css", headers={"If-None-Match": bare.headers["ETag"]})
    assert again.status_code == 304
