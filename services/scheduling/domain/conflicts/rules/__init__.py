"""The rules: every module here holds one, named like it. A new module is a new rule."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from services.scheduling.domain.conflicts.conflict import Rule


def _found() -> Iterator[Rule]:
    for module in iter_modules(__path__):
        found = getattr(import_module(f"{__name__}.{module.name}"), module.name)
        assert isinstance(found, Rule)  # noqa: S101 - a module without its rule is a mistake
        yield found


#: Every rule, by its kind.
RULES: dict[str, Rule] = {found.kind: found for found in sorted(_found(), key=lambda r: r.kind)}
