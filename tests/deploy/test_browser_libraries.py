"""The pages' libraries are those of the lock file, put in place once."""

from pathlib import Path

import pytest

from deploy import browser_libraries
from deploy.browser_libraries import LIBRARIES, put_browser_libraries
from shared.npm import npm_package


def test_libraries_are_put_where_pages_serve_them_and_not_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser_libraries, "STATIC", tmp_path)
    put_browser_libraries()
    for name, files in LIBRARIES.items():
        for file in files:
            placed = tmp_path / name / Path(file).name
            assert placed.read_bytes() == (npm_package(name) / file).read_bytes()

    kept = tmp_path / "leaflet" / "LICENSE"
    kept.write_text("as it was")
    put_browser_libraries()
    assert kept.read_text() == "as it was"
    (tmp_path / "leaflet" / browser_libraries.STAMP).write_text("another lock")
    put_browser_libraries()
    assert kept.read_text() != "as it was"


def test_an_image_without_a_lock_file_keeps_what_it_was_built_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser_libraries, "STATIC", tmp_path)
    monkeypatch.setattr(browser_libraries, "LOCK", tmp_path / "package-lock.json")
    put_browser_libraries()
    assert list(tmp_path.iterdir()) == []
