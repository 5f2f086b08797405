"""An export as the answer to a request, of a program or of somebody in the console."""

from flask import Response, current_app, request

from services.scheduling.exporters import Format, NoSuchEdition
from services.scheduling.exporting import ExportFailed, KeptExports, make_export, published_version
from shared.i18n import DEFAULT_LOCALE, LOCALES, current_locale
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.caching import Validators, conditional_response, digest_of
from shared.web.problems import Problem

#: Shared caches may keep what is published for a minute; after that they ask whether it changed.
_PUBLIC = "public, max-age=60, must-revalidate"


def answer_export(slug: str, chosen: Format, *, drafts: bool = False) -> Response:
    """Answer with a file to keep, or 304. Raises `Problem`: 404, or 503 when it cannot be made."""
    if not slug.isprintable():
        raise _unknown()
    try:
        response = _drafts(slug, chosen) if drafts else _published(slug, chosen)
    except NoSuchEdition:
        raise _unknown() from None
    except ExportFailed as error:
        detail = _("Ce fichier n’a pas pu être écrit. Réessayez dans quelques minutes.")
        raise Problem(503, "export_failed", detail=detail) from error
    name = f"{slug}{'-brouillon' * drafts}-{chosen.name}.{chosen.extension}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _drafts(slug: str, chosen: Format) -> Response:
    content = make_export(current_context(), slug, chosen, drafts=True, locale=current_locale())
    return conditional_response(
        content,
        content_type=chosen.content_type,
        validators=Validators(digest_of(content)),
        cache_control="private, no-cache",
    )


def _published(slug: str, chosen: Format) -> Response:
    context = current_context()
    version = published_version(context, slug)
    if version is None:
        raise NoSuchEdition(slug)
    asked = request.args.get("lang")
    locale = asked if asked in LOCALES else DEFAULT_LOCALE  # shared caches know addresses alone
    key = (slug, f"{chosen.name} {locale}", version)
    return conditional_response(
        lambda: _kept().get(
            key, lambda: make_export(context, slug, chosen, drafts=False, locale=locale)
        ),
        content_type=chosen.content_type,
        validators=Validators(digest_of(repr(key).encode())),
        cache_control=_PUBLIC,
    )


def _kept() -> KeptExports:
    """Return the files that this application keeps."""
    kept: KeptExports = current_app.extensions.setdefault("parvis_exports", KeptExports())
    return kept


def _unknown() -> Problem:
    detail = _("Cette édition n’existe pas, ou rien n’en est publié.")
    return Problem(404, "unknown_edition", detail=detail)
