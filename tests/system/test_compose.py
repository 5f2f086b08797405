"""What `docker compose up` starts, started here: from docker-compose.yml itself, behind Caddy.

Only hosts, ports and folders differ; a mail server of the tests takes the mail catcher's place.
"""

import re
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from deploy.routes import SERVICES
from shared.identifiers import new_token
from shared.testing import image, run_folder, servers
from shared.testing.caddy import Caddy
from shared.testing.processes import wait_until
from shared.testing.smtp import SmtpServer, new_smtp_server
from tests.system.distributed import Distributed
from tests.system.installation import PATIENCE, ROOT
from tests.system.test_the_whole_way import manage_path

#: They use one installation, which one process of the test run starts.
pytestmark = pytest.mark.xdist_group("compose")

COORDINATOR = "coordination@example.org"


class Composed(Distributed):
    """All of docker-compose.yml, asked at Caddy's address alone."""

    def __init__(self, folder, smtp: SmtpServer, caddy: Caddy, postgresql, rabbitmq) -> None:
        broker, database = rabbitmq.state, postgresql.state
        super().__init__(
            folder,
            smtp,
            variables={
                "PUBLIC_URL": f"http://127.0.0.1:{caddy.port}",
                "RABBITMQ_PASSWORD": broker["password"],
                **{f"{name.upper()}_DATABASE_PASSWORD": f"{name}0pw" for name in SERVICES},
            },
            elsewhere={
                "postgresql:5432": f"127.0.0.1:{database['port']}",
                "rabbitmq:5672": f"127.0.0.1:{broker['amqp']}",
            },
            root=image.copy_to(folder / "image"),
        )
        self.caddy, self.rabbitmq = caddy, rabbitmq
        postgresql.run_script(
            ROOT / "deploy" / "container" / "databases.sh",
            self.compose.services["postgresql"].environment,
        )

    def start_service(self, service) -> None:
        if service.name != "caddy":
            return super().start_service(service)
        ports = {":80": f":{self.caddy.port}", ":2020": f":{self.caddy.health}"}
        given = service.environment.items()
        self.caddy.environ = {key: ports.get(value, self.moved(value)) for key, value in given}
        self.caddy.caddyfile = ROOT / "deploy" / "Caddyfile"
        return self.caddy.start()

    def address(self, service: str) -> str:
        return f"http://127.0.0.1:{self.caddy.port}"

    def messages(self) -> str:
        """Return what the command says of messages that wait or failed."""
        return self.command("messages", "list").stdout

    def is_through(self) -> bool:
        """Tell whether no message waits or failed.

        What was set aside is looked at again in its time: the release of a large programme waits
        for its sessions.
        """
        return not re.search("dead|parked|waiting|unsent", self.messages())

    def is_told(self, session_id: str, seats: int) -> bool:
        """Tell whether the programme shows this many seats left."""
        return self.get(f"/api/v1/sessions/{session_id}").json()["seats_left"] == seats


@pytest.fixture(scope="module")
def composed(tmp_path_factory):
    """Return everything started, with the demo edition, servers of its own around it."""
    run = run_folder.current_run()
    with ThreadPoolExecutor() as starting:  # the broker takes its time
        broker = starting.submit(servers.private_rabbitmq)
        postgresql = servers.private_postgresql(durable=False)
        smtp = new_smtp_server(run)
        rabbitmq = broker.result()
    caddy = Caddy(run / f"caddy-{new_token()}")
    running = Composed(tmp_path_factory.mktemp("compose"), smtp, caddy, postgresql, rabbitmq)
    try:
        running.start()
        loaded = running.command("demo")
        assert loaded.returncode == 0, loaded.stderr
        yield running
    finally:
        running.close()
        for server in (caddy, smtp, rabbitmq, postgresql):
            server.remove()


def hidden_fields(page: str) -> dict[str, str]:
    """Return the hidden fields of a page's forms, by their names."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def test_one_origin_serves_every_service_as_the_routes_say(composed):
    assert composed.get("/healthz").json() == {"status": "alive", "service": "scheduling"}
    for path in ("/", "/api/v1/registration/openapi.json", "/static/notifications/mails.css"):
        assert (path, composed.get(path).status_code) == (path, 200)

    form = composed.get(f"/register/{composed.bookable_session()['id']}").text
    sheet = re.search(r'href="(/static/registration/[^"]+)"', form)
    assert sheet
    styles = composed.get(sheet[1])
    assert (styles.status_code, styles.headers["Content-Encoding"]) == (200, "gzip")
    assert "immutable" in styles.headers["Cache-Control"]


def test_somebody_registers_by_the_form_and_the_mail_leads_back_through_caddy(composed):
    session = composed.bookable_session()
    page = composed.get(f"/register/{session['id']}").text
    typed = {"email": "form@example.org", "name": "Camille Martin", "adults": "2"}
    typed |= dict.fromkeys(re.findall(r'name="(s\w+-age)"', page), "1")
    sent = composed.post(f"/register/{session['id']}", data={**hidden_fields(page), **typed})
    assert sent.status_code == 200, sent.text

    (mail,) = composed.wait_for_mails("form@example.org")
    assert f"http://127.0.0.1:{composed.caddy.port}{manage_path(mail)}" in str(mail)
    assert "form@example.org" in composed.get(manage_path(mail)).text
    feed = composed.get(f"/feeds{manage_path(mail)}.ics")
    assert feed.headers["Content-Type"].startswith("text/calendar")
    assert f"/sessions/{session['id']}" in feed.text.replace("\r\n ", "")


def test_a_coordinator_signs_in_by_mail_and_sees_the_consoles_of_three_services(composed):
    printed = composed.command("sign-in", COORDINATOR)
    assert printed.stdout.startswith(f"http://127.0.0.1:{composed.caddy.port}/console/sign-in/")

    asked = hidden_fields(composed.get("/console/sign-in").text)
    composed.post("/console/sign-in", data={**asked, "email": COORDINATOR})
    (mail,) = composed.wait_for_mails(COORDINATOR)
    text = mail.get_body(("plain",)).get_content()
    link = re.search(r"http\S+/console/sign-in/\S+", text)
    assert link, text
    shown = composed.get(link[0])
    entered = composed.post(link[0], data=hidden_fields(shown.text))
    assert entered.url.endswith("/console")

    for path in ("/console", "/console/mails", "/console/registration/messages"):
        opened = composed.get(path, allow_redirects=False)
        assert (path, opened.status_code) == (path, 200)
    assert COORDINATOR in composed.get("/console/mails").text


def test_with_rabbitmq_down_people_register_and_afterwards_nothing_is_missing(composed):
    session = composed.bookable_session()
    seats = session["seats_left"]
    composed.register(session["id"], "before@example.org", adults=1)
    composed.wait_for_mails("before@example.org")

    composed.rabbitmq.stop()
    absent = [f"absent-{number}@example.org" for number in range(4)]
    for email in absent:
        assert composed.register(session["id"], email, adults=1).status_code == 201
    assert composed.get("/").status_code == 200
    assert composed.get(f"/sessions/{session['id']}").status_code == 200
    assert [composed.mails_to(email) for email in absent] == [[]] * 4

    composed.rabbitmq.start()
    composed.wait_for_mails(*absent)
    composed.register(session["id"], "after@example.org", adults=1)
    everybody = ["before@example.org", *absent, "after@example.org"]
    composed.wait_for_mails(*everybody)
    assert wait_until(lambda: composed.is_told(session["id"], seats - 6), PATIENCE)
    assert [len(composed.mails_to(email)) for email in everybody] == [1] * 6
    for service in SERVICES:
        composed.wait_until_healthy(f"{service}-worker")
    assert wait_until(composed.is_through, PATIENCE), composed.messages()


def test_caddy_waits_for_a_web_process_that_is_being_restarted(composed):
    url = composed.url(f"/register/{composed.bookable_session()['id']}")

    def is_waited_for() -> bool:
        """Let a visitor come while it is away; on a busy machine it may be away for too long."""
        composed.webs["registration"].kill()
        with ThreadPoolExecutor() as visitors:
            asked = visitors.submit(composed.http.get, url, timeout=PATIENCE)
            composed.start_web("registration")
            status = asked.result().status_code
        composed.wait_until_healthy("registration-web")
        return status == 200

    assert any(is_waited_for() for _ in range(4))


def test_nobody_escapes_the_limits_by_a_header_of_their_own(composed):
    asked = hidden_fields(composed.get("/console/sign-in").text)
    statuses = {
        composed.post(
            "/console/sign-in/code",
            data={**asked, "email": "nobody@example.org", "code": "0"},
            headers={"X-Forwarded-For": f"8.8.8.{number}"},
        ).status_code
        for number in range(40)
    }
    assert 429 in statuses


def test_every_process_stops_within_its_time_and_caddy_says_that_the_site_will_be_back(composed):
    """Last of all: nothing runs after it."""
    registered = composed.register(
        composed.bookable_session()["id"], "secret@example.org", adults=1
    ).json()
    assert set(composed.webs) == set(composed.workers) == set(SERVICES)
    with ThreadPoolExecutor() as threads:
        ended = threads.map(lambda process: process.stop(signal.SIGTERM, 30), composed.processes)
        assert composed.compose.services["scheduling-web"].facts["stop_grace_period"] == "30s"
        assert list(ended) == [0] * 6

    away = composed.get(registered["manage_url"])
    assert (away.status_code, away.headers["Retry-After"]) == (502, "10")
    assert "Le site revient dans un instant" in away.text
    assert registered["manage_url"].rpartition("/")[2] not in composed.caddy.said()
