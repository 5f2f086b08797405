"""`parvis openapi`: what a service's JSON API says of itself, without running it."""

from importlib import import_module
from pathlib import Path
from typing import Any

from shared.context import build_context
from shared.settings import SHORTEST_SECRET, Settings
from shared.web.api_description import api_description

#: Where the document says that the API is, unless the environment does.
EXAMPLE_SITE = "https://parvis.example"


def openapi_document(service: str, public_url: str = EXAMPLE_SITE) -> dict[str, Any]:
    """Return the OpenAPI document of a service; no database is looked at."""
    settings = Settings(
        service=service,
        database_url="sqlite:///nowhere.sqlite",  # connected to by nobody
        amqp_url="memory://",
        public_url=public_url,
        secret_key="-" * SHORTEST_SECRET,
        data=Path(),
    )
    create_app = import_module(f"services.{service}.web").create_app
    return api_description(create_app(build_context(settings)))
