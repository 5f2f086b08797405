"""Registrations over HTTP: spread over many sessions, all on one, and after a million others."""

from benchmarks import ledger, wrk
from benchmarks.figure import Figure, compare
from benchmarks.history import store_registrations
from benchmarks.laboratory import Laboratory
from benchmarks.site import Site, open_site

#: Seconds of each run, and how many there are of each kind.
SECONDS, ROUNDS = 6, 3

#: Seconds for which new processes work before they are measured.
_WARM_UP = 2

_UNIT = "registrations/s"


def spread(laboratory: Laboratory) -> Figure:
    """Measure registrations that are spread over all sessions, against pgbench."""
    return _against_pgbench(laboratory, "registrations-spread", rush=False)


def rush(laboratory: Laboratory) -> Figure:
    """Measure registrations for one session alone, against pgbench."""
    return _against_pgbench(laboratory, "registrations-rush", rush=True)


def after_a_million(laboratory: Laboratory) -> Figure:
    """Measure registrations with a million stored, against a database with none."""
    wrk.ready()
    with open_site(laboratory.postgresql) as full, open_site(laboratory.postgresql) as empty:
        laboratory.tell("storing a million registrations")
        store_registrations(full.database, full.sessions, 1_000_000)
        for site in (empty, full):
            _register(laboratory, site, seconds=_WARM_UP)
        values, yardsticks = [], []
        for _ in range(ROUNDS):
            yardsticks.append(_register(laboratory, empty))
            values.append(_register(laboratory, full))
            laboratory.tell(f"{values[-1]:,.0f}/s with a million, {yardsticks[-1]:,.0f}/s without")
    return compare("registrations-million", _UNIT, 0.9, values=values, yardsticks=yardsticks)


def _against_pgbench(laboratory: Laboratory, row: str, *, rush: bool) -> Figure:
    wrk.ready()
    pgbench = laboratory.pgbench
    values, yardsticks = [], []
    with open_site(laboratory.postgresql) as site:
        _register(laboratory, site, seconds=_WARM_UP, rush=rush)
        for _ in range(ROUNDS):
            laboratory.settle()
            yardsticks.append(pgbench.transactions_per_second(SECONDS))
            values.append(_register(laboratory, site, rush=rush))
            laboratory.tell(f"{row}: {values[-1]:,.0f}/s, pgbench {yardsticks[-1]:,.0f}/s")
        laboratory.settle()
        yardsticks.append(pgbench.transactions_per_second(SECONDS))
    return compare(row, _UNIT, 1.0, values=values, yardsticks=yardsticks)


def _register(
    laboratory: Laboratory, site: Site, *, seconds: int = SECONDS, rush: bool = False
) -> float:
    laboratory.settle()
    before = ledger.read_ledger(site.database)
    load = wrk.register(site.port, site.sessions[:1] if rush else site.sessions, seconds)
    ledger.check(site.database, before, load)
    return load.per_second
