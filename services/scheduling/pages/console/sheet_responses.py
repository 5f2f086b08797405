"""Spreadsheets as answers: downloaded under a name that people recognise."""

from urllib.parse import quote

from flask import Response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"


def sheet_response(content: bytes, name: str, content_type: str = XLSX) -> Response:
    """Return a file that browsers save under a name, and that no cache keeps (RFC 6266)."""
    response = Response(content, content_type=content_type)
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "")
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
