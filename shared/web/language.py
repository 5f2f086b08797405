"""The reader's language: asked for in the address, remembered in a cookie, else the browser's."""

from urllib.parse import urlencode

from flask import Flask, Response, request
from werkzeug.wrappers import Request

from shared.i18n.translator import (
    DEFAULT_LOCALE,
    LOCALES,
    current_locale,
    current_translator,
    gettext,
    translator,
    use,
)
from shared.web.parts import current_context

COOKIE = "parvis_locale"
#: Seconds for which a choice is remembered: six months, as the CNIL advises at most.
REMEMBERED_FOR = 180 * 24 * 3600

#: Each language in its own words.
LANGUAGE_NAMES = {"fr": "Français", "en": "English"}


def install_language(app: Flask, *, package: str) -> None:
    """Choose the language of every request, and let templates speak it."""
    for locale in LOCALES:
        translator(package, locale)  # catalogues are read, and found faulty, at start

    def choose_language() -> None:
        use(translator(package, wanted_locale(request)))

    app.before_request(choose_language)
    app.after_request(_remember_language)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    # Untyped: the extension adds this method to the environment.
    install = getattr(app.jinja_env, "install_gettext_callables")  # noqa: B009
    install(gettext, _plural, newstyle=True)


class _LeftToTemplate(dict[str, int]):
    """Leaves what it does not hold as it was: the template fills it in, and escapes it."""

    def __missing__(self, name: str) -> str:
        return f"%({name})s"


def _plural(singular: str, plural: str, n: int) -> str:
    """Count `n` things in the current language, for a template; it knows the other variables."""
    return current_translator().plural(singular, plural, n) % _LeftToTemplate(n=n, num=n)


def wanted_locale(request: Request) -> str:
    """Return the language to answer a request in."""
    for choice in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if choice in LOCALES:
            return choice
    if "Accept-Language" not in request.headers:
        return DEFAULT_LOCALE
    return request.accept_languages.best_match(LOCALES) or DEFAULT_LOCALE


def _remember_language(response: Response) -> Response:
    if response.mimetype != "text/html":
        return response  # a feed or an API has its language in its address, and sets no cookie
    response.headers["Content-Language"] = current_locale()
    response.vary.update(("Accept-Language", "Cookie"))
    asked = request.args.get("lang")
    if asked in LOCALES and request.cookies.get(COOKIE) != asked:
        response.set_cookie(
            COOKIE,
            asked,
            max_age=REMEMBERED_FOR,
            samesite="Lax",
            httponly=True,
            secure=current_context().settings.is_secure,
        )
    return response


def language_links() -> list[dict[str, str | bool]]:
    """Return a link to this page in each language: `locale`, `name`, `href` and `current`."""
    arguments = [(k, v) for k, v in request.args.items(multi=True) if k != "lang"]
    return [
        {
            "locale": locale,
            "name": LANGUAGE_NAMES[locale],
            "href": "?" + urlencode([*arguments, ("lang", locale)]),
            "current": locale == current_locale(),
        }
        for locale in LOCALES
    ]
