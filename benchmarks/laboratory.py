"""The servers that benchmarks share: started when first needed, gone when the run ends."""

from functools import cached_property
from typing import Any

import psycopg
from rich.console import Console

from benchmarks.pgbench import Pgbench
from shared.testing.servers import private_postgresql, private_rabbitmq


class Laboratory:
    """A PostgreSQL that writes through to the disk, a RabbitMQ, and where progress is told."""

    def __init__(self) -> None:
        self.console = Console(stderr=True)

    def tell(self, sentence: str) -> None:
        """Say what is going on."""
        self.console.print(sentence, style="dim", highlight=False)

    @cached_property
    def postgresql(self) -> Any:
        """Return the PostgreSQL: stock settings, 300 connections, every commit on the disk."""
        self.tell("starting PostgreSQL")
        return private_postgresql(durable=True)

    @cached_property
    def rabbitmq(self) -> Any:
        """Return the RabbitMQ."""
        self.tell("starting RabbitMQ")
        return private_rabbitmq()

    @cached_property
    def pgbench(self) -> Pgbench:
        """Return pgbench, its database filled."""
        server = self.postgresql
        self.tell("filling pgbench's database")
        return Pgbench(server)

    def settle(self) -> None:
        """Write out what earlier runs left to be written, so that no run pays for another."""
        url = self.postgresql.create_database()
        try:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("CHECKPOINT")
        finally:
            self.postgresql.drop_database(url)

    def close(self) -> None:
        """End every server that was started."""
        for name in ("postgresql", "rabbitmq"):
            if name in self.__dict__:
                self.__dict__[name].remove()
