"""The command line: `./parvis COMMAND`. Every command honours `PARVIS_DATA`."""

import json
import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from deploy.routes import SERVICES
from shared.settings import SettingsError

service_argument = click.argument("service", type=click.Choice(SERVICES))


def _address(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    before, _at, host = value.strip().rpartition("@")
    if not before or not host or " " in value.strip():
        raise click.BadParameter(f"{value} is no e-mail address.")
    return value


email_argument = click.argument("email", callback=_address)
data_option = click.option("--data", help="The data folder (default: $PARVIS_DATA, or data/).")


def sentence_on_failure(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn the faults that an operator can mend into one sentence each, and exit status 1."""

    @wraps(command)
    def run(*args: Any, **options: Any) -> Any:
        from deploy.environment import DataFolderError
        from shared.npm import NpmError

        try:
            return command(*args, **options)
        except SettingsError as error:
            raise click.ClickException(
                "settings:\n" + "\n".join(f"  - {problem}" for problem in error.problems)
            ) from error
        except (DataFolderError, NpmError) as error:
            raise click.ClickException(str(error)) from error

    return run


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Parvis runs multi-venue festivals: programme, registration, notifications."""


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@data_option
@click.option("--demo/--no-demo", default=True, help="Load the demo edition into an empty folder.")
@sentence_on_failure
def up(host: str, port: int, data: str | None, demo: bool) -> None:
    """Run everything in one process, and open the doors."""
    from deploy.browser_libraries import put_browser_libraries
    from deploy.up import up as run

    put_browser_libraries()
    run(host, port, data, demo=demo)


@cli.command()
@service_argument
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--processes", default=2, show_default=True, type=click.IntRange(1))
@click.option("--threads", default=32, show_default=True, type=click.IntRange(1))
@sentence_on_failure
def web(service: str, host: str, port: int, processes: int, threads: int) -> None:
    """Serve the pages and the API of one service."""
    from deploy.web import serve

    serve(service, host, port, processes=processes, threads=threads)


@cli.command()
@click.argument("services", nargs=-1, required=True, type=click.Choice(SERVICES))
@click.option("--health", help="HOST:PORT on which to serve /healthz and /readyz.")
@sentence_on_failure
def worker(services: tuple[str, ...], health: str | None) -> None:
    """Handle the events of one or more services."""
    from deploy.worker import work

    work(services, _host_and_port(health) if health else None)


@cli.command()
@click.argument("services", nargs=-1, type=click.Choice(SERVICES))
@data_option
@sentence_on_failure
def migrate(services: tuple[str, ...], data: str | None) -> None:
    """Bring the databases of all services, or of those named, up to date.

    And put the libraries of the pages in place, before processes that can write nothing.
    """
    from deploy.browser_libraries import put_browser_libraries
    from deploy.environment import settings_for
    from deploy.migrate import migrate as run

    put_browser_libraries()
    for settings in settings_for(services or SERVICES, data):
        run(settings.database_url, settings.service)
        click.echo(f"{settings.service}: up to date")


@cli.command("secret-key")
@click.argument("file", envvar="SECRET_KEY_FILE", type=click.Path(dir_okay=False, path_type=Path))
def secret_key(file: Path) -> None:
    """Make a random key in FILE, or in the one SECRET_KEY_FILE names, unless it holds one."""
    from deploy.secret_key import ensure_secret_key

    try:
        ensure_secret_key(file)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written ({error.strerror}).") from error
    click.echo(f"{file}: keep it, and keep it secret")


@cli.command()
@data_option
@sentence_on_failure
def demo(data: str | None) -> None:
    """Load the demo edition, or bring it up to date."""
    from deploy.seed import load_demo

    with _context("scheduling", data) as context:
        click.echo(load_demo(context))


@cli.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--edition", required=True, help="The edition's slug; it is made if it is missing.")
@click.option("--registration", type=click.Choice(["none", "here"]), help="Open registration.")
@click.option("--capacity", type=click.IntRange(0), help="Seats of each session (with here).")
@click.option("--drafts", is_flag=True, help="Release nothing: what changes waits as drafts.")
@click.option("--dry-run", is_flag=True, help="Write nothing: only tell what would be done.")
@data_option
@sentence_on_failure
def import_programme(
    file: Path,
    edition: str,
    registration: str | None,
    capacity: int | None,
    drafts: bool,
    dry_run: bool,
    data: str | None,
) -> None:
    """Bring in a programme: XLSX or CSV, schedule XML or JSON, OpenAgenda JSON, iCalendar."""
    from deploy.importing import run_import

    if capacity is not None and registration != "here":
        raise click.UsageError("--capacity needs --registration here.")
    with _context("scheduling", data) as context:
        way_in = (registration, capacity, drafts)
        sys.exit(run_import(context, file, edition, *way_in, dry_run=dry_run))


@cli.command("export")
@click.argument("edition")
@click.option(
    "--as",
    "format_name",
    required=True,
    help="frab, pretalx, openagenda, ics, xlsx, csv, leaflet or leaflet-xlsx.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="The file.")
@click.option("--drafts", is_flag=True, help="The working copy, not what is published.")
@click.option(
    "--lang",
    default="fr",
    show_default=True,
    type=click.Choice(["fr", "en"]),
    help="The language of tables and leaflets.",
)
@data_option
@sentence_on_failure
def export_programme(
    edition: str,
    format_name: str,
    output: Path | None,
    drafts: bool,
    lang: str,
    data: str | None,
) -> None:
    """Write an edition as a file: schedule XML or JSON, OpenAgenda JSON, iCalendar, tables.

    It is what is published, to standard output, unless told otherwise.
    """
    from deploy.exporting import run_export

    with _context("scheduling", data) as context:
        sys.exit(run_export(context, edition, format_name, output, drafts=drafts, lang=lang))


@cli.command()
@click.argument("edition")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write them here too.")
@click.option("--lang", default="en", show_default=True, type=click.Choice(["fr", "en"]))
@data_option
@sentence_on_failure
def conflicts(edition: str, json_file: Path | None, lang: str, data: str | None) -> None:
    """List the conflicts of an edition, named by its slug: each with its level and a sentence."""
    from deploy.conflicts import run_conflicts

    with _context("scheduling", data) as context:
        sys.exit(run_conflicts(context, edition, json_file, lang))


@cli.command("sign-in")
@email_argument
@click.option("--name", help="The person's name, when the account is new.")
@click.option("--role", "roles", multiple=True, help="What the person may do; see below.")
@click.option("--organisation", "organisations", multiple=True, help="Of which, by its name.")
@click.option("--venue", "venues", multiple=True, help="Of which, by its name.")
@click.option("--sees-names", is_flag=True, help="Grant the names of everybody registered.")
@data_option
@sentence_on_failure
def sign_in(
    email: str,
    name: str | None,
    roles: tuple[str, ...],
    organisations: tuple[str, ...],
    venues: tuple[str, ...],
    sees_names: bool,
    data: str | None,
) -> None:
    """Print a one-time sign-in link; the account is made if it is missing.

    A role is one of coordinator, organiser, reader, venue and door; the account gains those that
    it lacks. Without one, a new account is a coordinator's, and one that is known stays as it is.
    Organisers and venue managers edit what is their organisations' and venues': name them.
    """
    from deploy.seed import ROLES, Disabled, NoSuchPlace, sign_in_link

    for role in roles:
        if role not in ROLES:
            raise click.UsageError(f"{role} is none of the roles: {', '.join(ROLES)}.")
    with _context("scheduling", data) as context:
        try:
            link = sign_in_link(
                context,
                email,
                name or email,
                roles,
                organisations=organisations,
                venues=venues,
                sees_names=sees_names,
            )
            click.echo(link)
        except (NoSuchPlace, Disabled) as error:
            raise click.ClickException(str(error)) from error


@cli.command()
@email_argument
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, required=True, help="Such as programme:read.")
@click.option("--days", type=click.IntRange(1, 3650), help="How long it is good; else for ever.")
@data_option
@sentence_on_failure
def token(
    email: str, name: str, scopes: tuple[str, ...], days: int | None, data: str | None
) -> None:
    """Print a new API token for the program NAME, made in the name of EMAIL.

    The account is a coordinator's if it is new; one that is known keeps its roles.
    """
    from deploy.tokens import SCOPES, make_token

    for scope in scopes:
        if scope not in SCOPES:
            raise click.UsageError(f"{scope} is none of the scopes: {', '.join(SCOPES)}.")
    with _context("scheduling", data) as context:
        click.echo(make_token(context, email, name, scopes, days))


@cli.command()
@service_argument
def openapi(service: str) -> None:
    """Write the OpenAPI document of one service's JSON API."""
    from deploy.openapi import openapi_document

    click.echo(json.dumps(openapi_document(service), indent=2, ensure_ascii=False))


@cli.group()
def messages() -> None:
    """See what waits, is parked or dead, and retry it."""


@messages.command("list")
@data_option
@sentence_on_failure
def list_messages(data: str | None) -> None:
    """List the events that are not through, service by service."""
    from deploy.environment import settings_for
    from deploy.messages import show_messages

    show_messages(settings_for(SERVICES, data))


@messages.command("retry")
@service_argument
@click.argument("event_id", required=False, type=click.UUID)
@data_option
@sentence_on_failure
def retry_message(service: str, event_id: Any, data: str | None) -> None:
    """Try one event of a service again, or every dead one."""
    from deploy.messages import retry

    with _context(service, data) as context:
        click.echo(f"{retry(context, event_id)} to be tried again")


@cli.group("ticket-keys")
def ticket_keys() -> None:
    """See the keys that sign tickets, begin the next, revoke one that leaked."""


@ticket_keys.command("list")
@data_option
@sentence_on_failure
def list_ticket_keys(data: str | None) -> None:
    """List the generations of keys, and how many tickets each has signed."""
    from deploy.ticket_keys import list_keys

    with _context("registration", data) as context:
        list_keys(context)


@ticket_keys.command("rotate")
@data_option
@sentence_on_failure
def rotate_ticket_keys(data: str | None) -> None:
    """Sign new tickets with a new key; those that were sent stay good."""
    from deploy.ticket_keys import rotate_keys

    with _context("registration", data) as context:
        click.echo(rotate_keys(context))


@ticket_keys.command("revoke")
@click.argument("generation", type=click.IntRange(1))
@data_option
@sentence_on_failure
def revoke_ticket_key(generation: int, data: str | None) -> None:
    """Refuse every ticket of GENERATION, sign them anew and write to their people."""
    from deploy.ticket_keys import UnknownGeneration, revoke_key

    with _context("registration", data) as context:
        try:
            click.echo(revoke_key(context, generation))
        except UnknownGeneration as error:
            raise click.ClickException(f"There is no generation {generation}.") from error


@cli.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(arguments: tuple[str, ...]) -> None:
    """Run the tests; what they need is installed and started."""
    from deploy.test import run_tests

    sys.exit(run_tests(list(arguments)))


@cli.command()
def check() -> None:
    """Check style, types, imports, migrations and translations."""
    from deploy.check import run_checks

    sys.exit(run_checks())


@cli.command()
@click.argument("rows", nargs=-1)
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write figures here.")
def bench(rows: tuple[str, ...], json_file: Path | None) -> None:
    """Measure speed, each figure against a yardstick of the same run."""
    from benchmarks.bench import run_bench

    sys.exit(run_bench(rows, json_file))


def _context(service: str, data: str | None) -> Any:
    from deploy.seed import opened

    return opened(service, data)


def _host_and_port(text: str) -> tuple[str, int]:
    host, separator, port = text.rpartition(":")
    if not separator or not port.isdigit():
        raise click.UsageError("--health takes HOST:PORT, such as 127.0.0.1:9001.")
    return host.strip("[]") or "127.0.0.1", int(port)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    cli(prog_name="./parvis")
