"""Which service serves which path: the same for Caddy and for the embedded process."""

#: Path prefixes of registration and notifications; every other path is scheduling's.
PREFIXES: dict[str, tuple[str, ...]] = {
    "registration": (
        "/register",
        "/registrations",
        "/selection",
        "/feeds/registrations",
        "/api/v1/registrations",
        "/api/v1/registration",
        "/console/registration",
        "/console/names-log",
        "/static/registration",
    ),
    "notifications": (
        "/newsletter",
        "/api/v1/notifications",
        "/console/mails",
        "/console/newsletter",
        "/console/notifications",
        "/static/notifications",
    ),
}

#: The service that serves whatever no prefix claims.
FALLBACK = "scheduling"

SERVICES = ("scheduling", "registration", "notifications")


def service_for(path: str) -> str:
    """Return the service that serves `path`; a prefix ends at a slash or at the path's end."""
    for service, prefixes in PREFIXES.items():
        if any(path == prefix or path.startswith(prefix + "/") for prefix in prefixes):
            return service
    return FALLBACK
