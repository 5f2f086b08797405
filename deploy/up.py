"""What `./parvis up` shows while it starts, and when the doors are open."""

import sys

import click

from deploy.embedded import CannotStart, run
from deploy.environment import data_folder
from deploy.seed import FIRST_COORDINATOR, has_programme, load_demo, sign_in_link
from shared.context import ServiceContext


def up(host: str, port: int, data: str | None, *, demo: bool) -> None:
    """Run the embedded mode in the terminal until Ctrl-C."""
    folder = data_folder(data)
    links: list[str] = []

    def before_serving(contexts: list[ServiceContext]) -> None:
        scheduling = contexts[0]
        if demo and not has_programme(scheduling):
            _say("Loading the demo edition")
            _say(f"  {load_demo(scheduling)}")
        links.append(sign_in_link(scheduling, FIRST_COORDINATOR, "Coordination"))

    def ready(address: str) -> None:
        _say("")
        _say(f"  Programme   {address}/")
        _say(f"  Console     {links[0]}")
        _say("              (this link signs you in once, within fifteen minutes)")
        _say(f"  Data        {folder}")
        _say("")
        _say("Ctrl-C stops it.")

    try:
        run(
            host,
            port,
            folder,
            progress=_say,
            before_serving=before_serving,
            ready=ready,
        )
    except CannotStart as error:
        raise click.ClickException(str(error)) from error


def _say(line: str) -> None:
    click.echo(line)
    sys.stdout.flush()
