"""Caddy sends every path to the service that deploy/routes.py names."""

import json

import pytest

from deploy.routes import PREFIXES, SERVICES
from shared.testing.caddy import adapt
from shared.testing.image import ROOT

CADDYFILE = ROOT / "deploy" / "Caddyfile"

ENVIRON = {
    "SITE_ADDRESS": ":80",
    "HEALTH_ADDRESS": ":2020",
    "TRUSTED_PROXIES": "192.0.2.1/32",
    **{f"{service.upper()}_WEB": f"{service}-web:8000" for service in SERVICES},
}


@pytest.fixture(scope="module")
def adapted():
    done = adapt(CADDYFILE, ENVIRON)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def site_routes(adapted):
    servers = adapted["apps"]["http"]["servers"].values()
    (site,) = [server for server in servers if server["listen"] == [":80"]]
    return site["routes"]


def proxies(value):
    """Yield every proxy below a value of Caddy's JSON."""
    if isinstance(value, dict):
        if value.get("handler") == "reverse_proxy":
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from proxies(item)


def test_paths_go_to_the_services_that_the_routes_name(adapted):
    found = {}
    for route in site_routes(adapted):
        for proxy in proxies(route):
            paths = [path for match in route.get("match", []) for path in match["path"]]
            found[proxy["upstreams"][0]["dial"]] = paths

    wanted = {
        f"{service}-web:8000": [path for prefix in prefixes for path in (prefix, f"{prefix}/*")]
        for service, prefixes in PREFIXES.items()
    }
    lines = "\n".join(
        f"\t@{name.partition('-')[0]} path {' '.join(wanted[name])}" for name in wanted
    )
    assert found == {**wanted, "scheduling-web:8000": []}, f"deploy/Caddyfile must say:\n{lines}"


def test_the_api_is_left_uncompressed_for_its_etags_come_back(adapted):
    encoding = [
        route["match"]
        for route in site_routes(adapted)
        if any(handler["handler"] == "encode" for handler in route["handle"])
    ]
    assert encoding == [[{"not": [{"path": ["/api/*"]}]}]]


def test_no_proxy_is_believed_unless_it_is_named(adapted):
    trusted = [proxy["trusted_proxies"] for proxy in proxies(site_routes(adapted))]
    assert trusted == [["192.0.2.1/32"]] * 3


def test_nothing_logged_of_a_request_names_its_address(adapted):
    assert set(adapted["logging"]["logs"]) == {"default"}
    encoder = adapted["logging"]["logs"]["default"]["encoder"]
    assert encoder["fields"] == {"request": {"filter": "delete"}}


def test_a_domain_alone_makes_it_https():
    done = adapt(CADDYFILE, {**ENVIRON, "SITE_ADDRESS": "festival.example"})
    assert done.returncode == 0, done.stderr
    listening = [s["listen"] for s in json.loads(done.stdout)["apps"]["http"]["servers"].values()]
    assert sorted(listening) == [[":2020"], [":443"]]


def test_more_than_one_web_process_is_named_by_its_address_each():
    done = adapt(CADDYFILE, {**ENVIRON, "REGISTRATION_WEB": "one:8000 two:8000"})
    (both,) = [
        [upstream["dial"] for upstream in proxy["upstreams"]]
        for proxy in proxies(json.loads(done.stdout))
        if len(proxy["upstreams"]) > 1
    ]
    assert both == ["one:8000", "two:8000"]
