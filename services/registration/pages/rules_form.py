"""The form by which an organiser sets a session's rules: filled, and read as it was typed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from services.registration.domain.questions import KINDS, MOST_QUESTIONS, AskedQuestion, Kind
from services.registration.domain.rules import OVERBOOKING, Limit, Overbooking, Rules
from services.registration.rule_words import fault_words
from shared.identifiers import new_id

_WHOLE_NUMBER = re.compile(r"[0-9]{1,6}")

#: Between the French and the English text of a choice.
_OR_IN_ENGLISH = " | "


@dataclass(frozen=True)
class RulesForm:
    """The form as it was typed: `values` by field, `errors` a sentence by field at fault.

    `numbers` are the questions, as their fields are numbered. `rules` and `wheelchair_places` are
    what is asked for where nothing is at fault so far.
    """

    values: Mapping[str, str]
    numbers: tuple[int, ...]
    errors: Mapping[str, str] = field(default_factory=dict)
    rules: Rules = field(default_factory=Rules)
    wheelchair_places: int | None = None

    def value(self, name: str) -> str:
        """Return what stands in a field."""
        return self.values.get(name, "")

    def fault(self, name: str) -> str:
        """Return what is wrong with a field, or nothing."""
        return self.errors.get(name, "")

    def with_faults(self, codes: Mapping[str, str]) -> "RulesForm":
        """Return the form with what the rules say is wrong, each at its field."""
        found = {self._field(path): fault_words(path, code) for path, code in codes.items()}
        return replace(self, errors={**found, **self.errors})

    def _field(self, path: str) -> str:
        """Return the field of a path of `rule_faults`: `questions/0/label` is `q2-label`."""
        steps = path.split("/")
        if steps[0] == "party_limits":
            return f"{steps[2]}-{steps[1]}"
        if steps[0] == "questions" and len(steps) > 1:
            kept = [n for n in self.numbers if not self.value(f"q{n}-removed")]
            return f"q{kept[int(steps[1])]}-{steps[2]}"
        return {"asks_hours": "asks_hours", "questions": "q-new"}.get(path, path)


def filled_form(
    rules: Rules, wheelchair_places: int | None, categories: Sequence[str], forgotten_on: date
) -> RulesForm:
    """Return the form with the rules as they are, and an empty question at the end."""
    values = {
        "least_party": _text(rules.least_party),
        "largest_party": _text(rules.largest_party),
        "wheelchair_places": _text(wheelchair_places),
        "asks": "1" if rules.asks_hours is not None else "",
        "asks_hours": _text(rules.asks_hours or 72),
        "answer_hours": _text(rules.answer_hours or 24),
        "overbooking": rules.overbooking,
        "overbooking_seats": _text(rules.overbooking_seats),
        "overbooking_risk": _percent(rules.overbooking_risk or 0.05),
    }
    for name in categories:
        limit = rules.limit(name)
        values |= {f"least-{name}": _text(limit.least), f"most-{name}": _text(limit.most)}
    for number, question in enumerate(rules.questions):
        values |= _question_values(number, question)
    empty = len(rules.questions)
    values |= {f"q{empty}-kind": "text", f"q{empty}-forgotten_on": forgotten_on.isoformat()}
    asked = empty + 1 if empty < MOST_QUESTIONS else empty
    return RulesForm(values, tuple(range(asked)))


def read_form(typed: Mapping[str, str], categories: Sequence[str], revision: int) -> RulesForm:
    """Read the form; what is no number or day is told at its field."""
    reader = _Reader(typed)
    limits = {
        name: Limit(reader.number(f"least-{name}"), reader.number(f"most-{name}"))
        for name in categories
    }
    asks = typed.get("asks") == "1"
    overbooking: Overbooking = next(
        (way for way in OVERBOOKING if typed.get("overbooking") == way), "off"
    )
    percent = reader.decimal("overbooking_risk") if overbooking == "learned" else None
    numbers = tuple(n for n in range(MOST_QUESTIONS + 1) if f"q{n}-kind" in typed)
    questions = [_question(reader, n) for n in numbers]
    rules = Rules(
        party_limits=limits,
        least_party=reader.number("least_party"),
        largest_party=reader.number("largest_party"),
        questions=tuple(one for one in questions if one is not None),
        asks_hours=reader.number("asks_hours") if asks else None,
        answer_hours=reader.number("answer_hours") if asks else None,
        overbooking=overbooking,
        overbooking_seats=reader.number("overbooking_seats") if overbooking == "fixed" else None,
        overbooking_risk=percent / 100 if percent is not None else None,
        revision=revision,
    )
    places = reader.number("wheelchair_places")
    marked = {
        f"q{n}-removed": "1" for n, one in zip(numbers, questions, strict=True) if one is None
    }
    return RulesForm({**typed, **marked}, numbers, reader.errors, rules, places)


class _Reader:
    """Reads the fields and keeps what is wrong with them."""

    def __init__(self, typed: Mapping[str, str]) -> None:
        self._typed = typed
        self.errors: dict[str, str] = {}

    def text(self, name: str) -> str:
        return " ".join(self._typed.get(name, "").split())

    def is_ticked(self, name: str) -> bool:
        return self._typed.get(name) == "1"

    def lines(self, name: str) -> list[str]:
        found = (" ".join(line.split()) for line in self._typed.get(name, "").splitlines())
        return [line for line in found if line]

    def number(self, name: str) -> int | None:
        text = self.text(name)
        if not text:
            return None
        if not _WHOLE_NUMBER.fullmatch(text):
            self.errors[name] = fault_words(name, "not_count")
            return None
        return int(text)

    def decimal(self, name: str) -> float | None:
        text = self.text(name).replace(",", ".")
        if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3})?", text):
            self.errors[name] = fault_words(name, "not_count" if text else "missing")
            return None
        return float(text)

    def day(self, name: str) -> date:
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            self.errors[name] = fault_words(name, "not_day")
            return date.max


def _question(reader: _Reader, number: int) -> AskedQuestion | None:
    """Return a question; None where it was left empty, or is to go."""
    prefix = f"q{number}-"
    label, purpose = (_both(reader, prefix + name) for name in ("label", "purpose"))
    is_empty = not any((*label.values(), *purpose.values(), reader.lines(prefix + "choices")))
    if is_empty or reader.is_ticked(prefix + "removed"):
        return None
    kind: Kind = next((one for one in KINDS if reader.text(prefix + "kind") == one), "text")
    choices = [line.partition(_OR_IN_ENGLISH) for line in reader.lines(prefix + "choices")]
    try:
        identifier = UUID(reader.text(prefix + "id"))
    except ValueError:
        identifier = new_id()
    return AskedQuestion(
        id=identifier,
        kind=kind,
        label=label,
        purpose=purpose,
        choices=tuple({"fr": fr.strip(), "en": en.strip() or None} for fr, _, en in choices)
        if kind == "choice"
        else (),
        is_required=reader.is_ticked(prefix + "required"),
        forgotten_on=reader.day(prefix + "forgotten_on"),
    )


def _both(reader: _Reader, name: str) -> dict[str, str | None]:
    return {"fr": reader.text(name), "en": reader.text(f"{name}-en") or None}


def _question_values(number: int, question: AskedQuestion) -> dict[str, str]:
    lines = [
        _OR_IN_ENGLISH.join(text for text in (one["fr"], one.get("en")) if text)
        for one in question.choices
    ]
    values = {
        "id": question.key,
        "kind": question.kind,
        "label": question.label["fr"],
        "label-en": question.label.get("en"),
        "purpose": question.purpose["fr"],
        "purpose-en": question.purpose.get("en"),
        "choices": "\n".join(lines),
        "required": "1" if question.is_required else "",
        "forgotten_on": question.forgotten_on.isoformat(),
    }
    return {f"q{number}-{name}": text or "" for name, text in values.items()}


def _text(number: int | None) -> str:
    return "" if number is None else str(number)


def _percent(risk: float) -> str:
    return f"{risk * 100:g}"
