"""A small application built by the factory, for tests of what every service's web side shares."""

from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, flash, render_template_string, request
from flask_smorest import Blueprint as ApiBlueprint

from shared.context import ServiceContext
from shared.testing.contexts import FrozenClock, make_context
from shared.web.application import create_application
from shared.web.problems import Problem
from shared.web.sign_in import SignedInAccount, current_account, issue_account_cookie, require_staff

FORM = '{% extends "layout.html" %}{% block main %}token={{ csrf_token() }}{% endblock %}'


def small_context(folder: Path, service: str = "scheduling", **settings: Any) -> ServiceContext:
    """Return a context on a new SQLite database, under a clock that stands still."""
    url = f"sqlite:///{folder / service}.sqlite"
    return make_context(service, url, clock=FrozenClock(), data=folder, **settings)


def small_application(context: ServiceContext, **options: Any) -> Flask:
    """Return an application with a form, a failing view, a page for staff and a small API."""
    pages = Blueprint("pages", __name__)
    api = ApiBlueprint("small", __name__, url_prefix="/api/v1/small")

    @pages.get("/form")
    def form() -> str:
        return render_template_string(FORM)

    @pages.post("/form")
    def take_form() -> str:
        flash("pris")
        return render_template_string('{% extends "layout.html" %}')

    @pages.get("/broken/<token>")
    def broken(token: str) -> str:
        raise RuntimeError("a fault of ours")

    @pages.get("/console/small")
    @require_staff("coordinator")
    def staff() -> str:
        account = current_account()
        return account.name if account else ""

    @pages.post("/console/small")
    @require_staff()
    def staff_post() -> str:
        return "ok"

    @api.route("/", methods=["GET", "POST"])
    def things() -> dict[str, str]:
        if request.args.get("full"):
            raise Problem(409, "full", detail="Complet.", session_id="s1")
        return {"ok": "été"}

    @api.route("/guarded")
    @require_staff()
    def guarded() -> dict[str, str]:
        return {}

    app = create_application(
        context,
        import_name="services.scheduling.web",
        blueprints=[pages],
        api_blueprints=[api],
        **options,
    )
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


def account_cookie(app: Flask, account: SignedInAccount) -> str:
    """Return the value of the cookie that scheduling would set for the account now."""
    with app.test_request_context("/"):
        response = app.response_class()
        issue_account_cookie(response, account)
    header = response.headers["Set-Cookie"]
    return header.partition("=")[2].partition(";")[0]
