"""Imported first by workers and by the embedded process: makes the standard library cooperative.

Web processes never import this: they run on threads.
"""

import os

os.environ.setdefault("PSYCOPG_WAIT_FUNC", "wait_select")  # psycopg's C wait would stall the hub

import warnings

warnings.filterwarnings("ignore", message="(?s).*Eventlet is deprecated")

import eventlet  # noqa: E402

eventlet.monkey_patch()
