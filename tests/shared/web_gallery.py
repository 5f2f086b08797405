"""Every component of the console on a few pages, for the tests that look at them in a browser."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, Flask, Response, flash, redirect, render_template_string, request
from flask.typing import ResponseReturnValue

from shared.context import ServiceContext
from shared.web.application import create_application
from shared.web.caching import Validators, conditional_response
from shared.web.console_navigation import ConsoleFacts, EditionName, tell_console
from shared.web.paging import read_page
from shared.web.repeating import asks_for_rows, read_rows
from shared.web.sign_in import require_staff

PAGES = Path(__file__).parent / "gallery"

EDITIONS = (
    EditionName("fete-de-la-science-2026", "Fête de la science 2026, Isère", "Science Festival"),
    EditionName("fete-de-la-science-2025", "Fête de la science 2025, Isère"),
)

TITLES = (
    "Fabrique ton séisme",
    "L’eau, la montagne et nous : lecture de paysage au-dessus du lac de Laffrey",
    "Nuit des étoiles",
    "Une journée au laboratoire de biologie structurale",
)
STATES = ("draft", "changed", "released", "held_back", "cancelled", "overbooked")
VENUES = [
    (str(n), f"{kind} de {town}", f"38{n:03} {town}")
    for n, (kind, town) in enumerate(
        (kind, town)
        for town in ("Échirolles", "Grenoble", "La Mure", "Voiron", "L’Isle-d’Abeau", "Vizille")
        for kind in ("Médiathèque", "Salle des fêtes", "École élémentaire", "Maison des habitants")
        for _ in range(13)
    )
]


def gallery(context: ServiceContext) -> Flask:
    """Return an application with the gallery under `/console/editions/{slug}/…`."""
    pages = Blueprint("gallery", __name__, url_prefix="/console/editions/<slug>")
    state = {"news": "", "done": 0}

    @pages.get("/sessions")
    @require_staff()
    def table(slug: str) -> str:
        number = 0 if request.args.get("q") == "rien" else 2013
        page = read_page(request.args.get("page"), size=50, total=number)
        rows = [_row(n) for n in range(page.offset, page.last)][:50]
        return _show("table.html", rows=rows, page=page)

    @pages.post("/sessions")
    @require_staff()
    def act(slug: str) -> ResponseReturnValue:
        chosen = request.form.getlist("id")
        flash(f"{request.form['action']}: {' '.join(chosen)}", "success")
        return redirect(request.full_path, 303)

    @pages.route("/activities", methods=["GET", "POST"])
    @require_staff()
    def form(slug: str) -> str:
        hours = read_rows(request.form, "weekly_hours", ("weekday", "opens", "closes"))
        if request.method == "GET":
            hours = [{"weekday": "2", "opens": "10:00", "closes": "18:00"}]
        unsaved = asks_for_rows(request.form) or request.method == "POST"
        values = {"title_fr": "Fabrique ton séisme", **request.form}
        return _show("form.html", hours=hours, unsaved=unsaved, values=values, venues=VENUES)

    @pages.get("/changes")
    @require_staff()
    def release(slug: str) -> str:
        return _show("release.html")

    @pages.get("/changes/confirm")
    @require_staff()
    def confirm(slug: str) -> str:
        return _show("confirm.html")

    @pages.post("/changes/confirm")
    @require_staff()
    def confirmed(slug: str) -> ResponseReturnValue:
        flash("C’est publié.", "success")
        return redirect(f"/console/editions/{slug}/changes", 303)

    @pages.get("/state")
    @require_staff()
    def live_state(slug: str) -> Response:
        news = state["news"]
        if not news:
            return Response(status=204)
        return conditional_response(
            f'<p class="notice info">{news}</p>'.encode(),
            content_type="text/html; charset=utf-8",
            validators=Validators(str(abs(hash(news)))),
            cache_control="no-store",
        )

    app = create_application(context, import_name="services.scheduling.web", blueprints=[pages])
    app.extensions["gallery"] = state
    tell_console(app, lambda _slug: ConsoleFacts(EDITIONS, pending=12))
    return app


def _show(name: str, **values: Any) -> str:
    return render_template_string((PAGES / name).read_text(), **values)


def _row(n: int) -> SimpleNamespace:
    return SimpleNamespace(
        id=f"s{n}",
        title=TITLES[n % len(TITLES)],
        when=date(2026, 10, 2 + n % 9),
        venue=VENUES[n * 7 % len(VENUES)][1],
        state=STATES[n % len(STATES)],
        seats=f"{n % 30} / 30",
    )
