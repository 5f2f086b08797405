"""The letter's pages on a real database of either kind."""

import pytest
from flask import Flask

from services.notifications.web import create_app
from shared.context import ServiceContext


@pytest.fixture
def app(context: ServiceContext) -> Flask:
    return create_app(context)
