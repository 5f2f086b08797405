"""What `./parvis check` looks for is found."""

import pytest

from deploy import catalogues, check

PO = """
msgid ""
msgstr "Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Bonjour"
msgstr "Hello"

msgid "%(n)s place"
msgid_plural "%(n)s places"
msgstr[0] "%(n)s seat"
msgstr[1] "%(m)s seats"

#, fuzzy
msgid "À bientôt"
msgstr "See you"

msgid "Merci"
msgstr ""

msgid "Oubliée"
msgstr "Forgotten"
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    monkeypatch.setattr(catalogues, "SPEAKERS", {"shared": "shared/web", "tent": "tent"})
    for folder in ("shared/web", "tent/pages", "tent/translations/en/LC_MESSAGES"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "tent/translations/en/LC_MESSAGES/messages.po").write_text(PO)
    (tmp_path / "tent/pages/page.html").write_text(
        "{{ _('Bonjour') }} {{ ngettext('%(n)s place', '%(n)s places', 2) }} {{ _('Merci') }}"
        "{% trans %}À bientôt{% endtrans %}"
    )
    (tmp_path / "tent/api.py").write_text("_('Bonjour')")
    return tmp_path / "tent"


def test_a_catalogue_that_is_not_whole_is_told_of(package):
    name = "tent/translations/en/LC_MESSAGES/messages.po"
    assert sorted(catalogues.problems()) == [
        f"{name} keeps 'Oubliée', which nothing says",
        f"{name}: '%(m)s seats' names m, which is not given",
        f"{name}: 'Merci' is not translated",
        f"{name}: the translation of 'À bientôt' is fuzzy",
    ]


def test_a_message_without_a_translation_is_told_of(package):
    (package / "api.py").write_text("def f(speak):\n    return speak.gettext('Nouvelle')\n")
    assert any("lacks 'Nouvelle' (tent/api.py:2)" in text for text in catalogues.problems())


def test_french_typography_is_kept(package):
    (package / "api.py").write_text("_('Bonjour !'), _('Bonjour\\u202f!')")
    found = [text for text in catalogues.problems() if "ordinary space" in text]
    assert found == ["tent/api.py:1: ordinary space in 'Bonjour !'"]


def test_a_lock_that_names_an_address_is_told_of(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["flask", "Babel>=2"]\n')
    (tmp_path / "requirements.txt").write_text("--index-url https://example.org\nflask==3.0\n")
    (tmp_path / "requirements-test.txt").write_text("flask==3.0\n")
    (tmp_path / "package-lock.json").write_text('{"resolved": "https://example.org/axe.tgz"}')
    monkeypatch.setattr(check, "ROOT", tmp_path)
    assert check.locks().splitlines() == [
        "  package-lock.json names addresses (set npm's omit-lockfile-registry-resolved)",
        "  requirements.txt:1 names an address: --index-url https://example.org",
        "  requirements.txt lacks babel, which pyproject.toml asks for",
        "  requirements-test.txt lacks babel, which pyproject.toml asks for",
    ]


def test_a_check_that_fails_fails_the_whole(monkeypatch, capsys):
    monkeypatch.setattr(check, "CHECKS", {"one": lambda: "", "two": lambda: "  not so"})
    assert check.run_checks() == 1
    assert capsys.readouterr().out == "✓ one\n✗ two\n  not so\n\n"
