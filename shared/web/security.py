"""What the browser is told to refuse: forged forms, foreign scripts, framing, leaking addresses."""

from flask import Flask, Response, g, request
from flask_wtf.csrf import CSRFProtect

from shared.settings import Settings

#: Only our own files, no inline script or style; data: images are the QR codes.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

#: A year, as HSTS preload lists ask at least.
HSTS = "max-age=31536000; includeSubDomains"


def cookie_name(name: str, settings: Settings) -> str:
    """Return a cookie's full name: `__Host-` binds it to this very host when we are on https."""
    return f"__Host-{name}" if settings.is_secure else name


def install_security(app: Flask, settings: Settings) -> CSRFProtect:
    """Protect forms and set the security headers; return the protection, to exempt the API."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME=cookie_name("parvis_session", settings),
        SESSION_COOKIE_SECURE=settings.is_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        # A form may stay open as long as its browser does: a family fills it in slowly.
        WTF_CSRF_TIME_LIMIT=None,
        # Token pages send no Referer, so it cannot be asked for; SameSite and the token suffice.
        WTF_CSRF_SSL_STRICT=False,
    )
    common = security_headers(settings)

    def set_headers(response: Response) -> Response:
        headers = response.headers
        if response.status_code == 304:
            return response  # its reader keeps what the whole answer said (RFC 9110, 15.4.5)
        present = {name.lower() for name, _value in headers}  # each lookup would scan them all
        left_out = _NOT_FRAMED if g.get("may_be_framed") else ()
        for name, value in common.items():
            if name.lower() not in present and name not in left_out:
                headers.add(name, value)
        if "cache-control" not in present and not request.path.startswith("/api/"):
            headers["Cache-Control"] = "private, no-cache"
        return response

    app.after_request(set_headers)
    return CSRFProtect(app)


def security_headers(settings: Settings) -> dict[str, str]:
    """Return the headers that every answer carries unless it has its own."""
    headers = {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    }
    if settings.is_secure:
        headers["Strict-Transport-Security"] = HSTS
    return headers


def let_be_framed(response: Response) -> Response:
    """Let other sites show a page in a frame: one that shows what is public, and takes nothing."""
    g.may_be_framed = True
    anywhere = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
    response.headers["Content-Security-Policy"] = anywhere
    response.headers["X-Robots-Tag"] = "noindex"
    return response


#: What a page that may be framed does without: older words for the same, and what frames undo.
_NOT_FRAMED = ("X-Frame-Options", "Cross-Origin-Opener-Policy")


def keep_secret(response: Response) -> Response:
    """Mark a page whose address is a secret: stored nowhere, told to nobody, found by nobody."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
