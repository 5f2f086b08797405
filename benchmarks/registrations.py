"""Registrations over HTTP: spread, all on one session, in baskets, and after a million others."""

from benchmarks import ledger, wrk
from benchmarks.figure import Figure, compare
from benchmarks.history import store_registrations
from benchmarks.laboratory import Laboratory
from benchmarks.site import Site, open_site
from benchmarks.wrk import Load

#: Seconds of each run, and how many there are of each kind.
SECONDS, ROUNDS = 6, 3

#: Seconds for which new processes work before they are measured.
_WARM_UP = 2

_UNIT = "registrations/s"


def spread(laboratory: Laboratory) -> Figure:
    """Measure registrations that are spread over all sessions, against pgbench."""
    return _against_pgbench(laboratory, "registrations-spread")


def rush(laboratory: Laboratory) -> Figure:
    """Measure registrations for one session alone, against pgbench."""
    return _against_pgbench(laboratory, "registrations-rush", rush=True)


def baskets(laboratory: Laboratory) -> Figure:
    """Measure registrations for four sessions each, spread over all, against pgbench.

    A basket locks and counts four sessions, and stores four bookings, where a transaction of
    pgbench updates three rows and stores one.
    """
    return _against_pgbench(laboratory, "registrations-basket", basket=4, bar=0.4)


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
            without, load = _register(laboratory, empty), _register(laboratory, full)
            yardsticks.append(without.per_second)
            values.append(load.per_second)
            laboratory.tell(f"with a million {load}; without {without}")
    return compare("registrations-million", _UNIT, 0.9, values=values, yardsticks=yardsticks)


def _against_pgbench(
    laboratory: Laboratory, row: str, *, rush: bool = False, basket: int = 1, bar: float = 1.0
) -> Figure:
    wrk.ready()
    pgbench = laboratory.pgbench
    values, yardsticks = [], []
    with open_site(laboratory.postgresql) as site:
        _register(laboratory, site, seconds=_WARM_UP, rush=rush, basket=basket)
        for _ in range(ROUNDS):
            laboratory.settle()
            yardsticks.append(pgbench.transactions_per_second(SECONDS))
            load = _register(laboratory, site, rush=rush, basket=basket)
            values.append(load.per_second)
            laboratory.tell(f"{row}: {load}; pgbench {yardsticks[-1]:,.0f}/s")
        laboratory.settle()
        yardsticks.append(pgbench.transactions_per_second(SECONDS))
    return compare(row, _UNIT, bar, values=values, yardsticks=yardsticks)


def _register(
    laboratory: Laboratory,
    site: Site,
    *,
    seconds: int = SECONDS,
    rush: bool = False,
    basket: int = 1,
) -> Load:
    laboratory.settle()
    before = ledger.read_ledger(site.database)
    sessions = site.sessions[:1] if rush else site.sessions
    load = wrk.register(site.port, sessions, seconds, basket=basket)
    ledger.check(site.database, before, load, basket=basket)
    return load
