"""What a session's organiser asks of a party, and what may be answered."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

Kind = Literal["text", "choice", "consent"]
KINDS: tuple[Kind, ...] = ("text", "choice", "consent")

#: The most questions that a session asks, and the most choices of one of them.
MOST_QUESTIONS, MOST_CHOICES = 8, 20

#: The longest label, purpose or choice, and the longest answer, in characters.
LONGEST_LABEL, LONGEST_ANSWER = 200, 500


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question as it is asked; its texts by language, English where it was written.

    A choice is answered with its French text, a consent with true. `forgotten_on` is the day by
    which the answers are gone.
    """

    id: UUID
    kind: Kind
    label: Mapping[str, str | None]
    purpose: Mapping[str, str | None]
    choices: tuple[Mapping[str, str | None], ...]
    is_required: bool
    forgotten_on: date

    @property
    def key(self) -> str:
        """Return how the question is named among answers."""
        return str(self.id)


#: What is wrong with an answer: it is missing, is no text, is too long, or not one of the choices.
AnswerCode = Literal["unanswered", "not_text", "too_long", "unknown_choice", "unknown_question"]


@dataclass(frozen=True, slots=True)
class AnswerFault:
    """What is wrong with the answer to one question, by the question's id as text."""

    question: str
    code: AnswerCode


def answer_faults(
    answers: Mapping[str, Any], questions: Collection[AskedQuestion]
) -> tuple[AnswerFault, ...]:
    """Return what is wrong with answers to these questions, by the questions' ids as texts."""
    found = []
    for question in questions:
        code = _fault(question, answers.get(question.key))
        if code is not None:
            found.append(AnswerFault(question.key, code))
    known = {question.key for question in questions}
    found += [AnswerFault(key, "unknown_question") for key in answers if key not in known]
    return tuple(found)


def kept_answers(
    answers: Mapping[str, Any], questions: Collection[AskedQuestion]
) -> dict[str, Any]:
    """Return what is kept of answers without faults: what was left empty is not."""
    return {
        question.key: answers[question.key].strip()
        if question.kind != "consent"
        else answers[question.key]
        for question in questions
        if not _is_empty(answers.get(question.key))
    }


def _fault(question: AskedQuestion, answer: Any) -> AnswerCode | None:
    if question.kind == "consent" and not isinstance(answer, bool | None):
        return "unknown_choice"
    if question.kind != "consent" and not isinstance(answer, str | None):
        return "not_text"
    if _is_empty(answer):
        return "unanswered" if question.is_required else None
    if question.kind == "choice" and answer not in [one["fr"] for one in question.choices]:
        return "unknown_choice"
    if question.kind == "text" and len(answer) > LONGEST_ANSWER:
        return "too_long"
    return None


def _is_empty(answer: Any) -> bool:
    return answer is None or answer is False or (isinstance(answer, str) and not answer.strip())
