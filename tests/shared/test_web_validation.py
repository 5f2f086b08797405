"""What is wrong with a value is said in the reader's language, whoever found it."""

import inspect
from typing import Any

import pytest
from marshmallow import Schema, fields, validate

from shared.i18n import speaking, translator
from shared.web.validation import in_our_words

#: Fields and validators that no schema of ours uses; the day one does, its sentence is missed here.
UNUSED = {
    "Tuple", "Decimal", "Enum", "IP", "IPv4", "IPv6", "IPInterface", "IPv4Interface",
    "IPv6Interface", "TimeDelta", "Pluck", "Equal", "ContainsOnly", "ContainsNoneOf",
    "_TemporalField", "NaiveDateTime",
}  # fmt: skip

#: Said only when something of ours is written out.
OF_DUMPING = "format"

#: Said by fields of instants that must have an offset, or must have none.
OF_AWARENESS = "invalid_awareness"


def _said_by_fields() -> set[str]:
    said = set()
    for name, kind in vars(fields).items():
        if inspect.isclass(kind) and issubclass(kind, fields.Field) and name not in UNUSED:
            messages = kind().error_messages if _is_plain(kind) else kind.default_error_messages
            obj_type = getattr(kind, "OBJ_TYPE", "")
            for key, text in messages.items():
                if key != OF_DUMPING and (key != OF_AWARENESS or name == "AwareDateTime"):
                    said.add(str(text).format(obj_type=obj_type, awareness="aware", input=""))
    return said


def _is_plain(kind: type) -> bool:
    try:
        kind()
    except (TypeError, ValueError):
        return False
    return True


@pytest.mark.parametrize("sentence", sorted(_said_by_fields()))
def test_every_sentence_of_a_field_is_known(sentence: str) -> None:
    assert in_our_words(sentence) != sentence


@pytest.mark.parametrize(
    ("validator", "value", "french"),
    [
        (validate.Range(1, 5), 9, "Un nombre de 1 à 5 est attendu ici."),
        (validate.Range(1), 0, "Le plus petit nombre permis est 1."),
        (validate.Range(max=5), 9, "Le plus grand nombre permis est 5."),
        (validate.Length(2, 3), "x", "La longueur permise va de 2 à 3 caractères."),
        (validate.Length(2), "x", "C’est trop court\u00a0: il faut au moins 2."),
        (validate.Length(max=1), "xy", "C’est trop long\u00a0: il faut au plus 1."),
        (validate.OneOf(("a", "b c")), "x", "Choisissez l’une de ces valeurs\u00a0: a, b c."),
        (validate.Regexp("a"), "x", "Ce texte n’a pas la forme attendue."),
        (
            validate.Email(),
            "x",
            "Cette adresse électronique n’est pas complète ou contient une faute.",
        ),
    ],
)
def test_every_validator_in_use_speaks_french(validator: Any, value: Any, french: str) -> None:
    schema = Schema.from_dict({"it": fields.Raw(validate=validator)})()
    assert in_our_words(schema.validate({"it": value})) == {"it": [french]}


def test_nested_faults_keep_their_places() -> None:
    inner = Schema.from_dict({"n": fields.Integer(required=True)})
    schema = Schema.from_dict({"rows": fields.List(fields.Nested(inner))})()
    faults = in_our_words(schema.validate({"rows": [{"n": 1}, {}], "x\ud800": 1}))
    assert faults == {
        "rows": {"1": {"n": ["Ce champ est obligatoire."]}},
        "x?": ["Ce champ n’existe pas."],
    }


def test_a_sentence_of_ours_is_left_as_it_is() -> None:
    with speaking(translator("shared.web", "en")):
        assert in_our_words(["Field may not be null.", "La nôtre."]) == [
            "This field cannot be empty.",
            "La nôtre.",
        ]
    assert in_our_words(None) is None
