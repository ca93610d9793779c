import os
import pickle
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import NamedTuple

import pytest

from handouts.packed import Packing


class Colour(Enum):
    RED = "red"


class Place(NamedTuple):
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Dot:
    at: Place
    colour: Colour


@dataclass(frozen=True)
class Drawing:
    dots: tuple[Dot, ...]
    names: frozenset[str] = frozenset()
    content: bytes = b""
    numbers: dict[str, float | None] = field(default_factory=dict)

    @cached_property
    def count(self):
        return len(self.dots)


PACKING = Packing((Colour, Place, Dot, Drawing))
DRAWING = Drawing((Dot(Place(1, 2.5), Colour.RED),) * 2, frozenset(("a", "b")), b"\0\xff", {"ä": None, "b": 0.1})


class Attack:
    def __init__(self, function, *arguments):
        self.how = function, arguments

    def __reduce__(self):
        return self.how


def test_a_value_is_unpacked_as_it_was_packed():
    found = PACKING.unpacked(PACKING.packed(DRAWING))
    assert found == DRAWING
    assert found.dots[0] is found.dots[1]
    assert found.dots[0].colour is Colour.RED


def test_what_a_value_has_worked_out_is_not_packed():
    plain = PACKING.packed(DRAWING)
    assert DRAWING.count == 2
    assert PACKING.packed(DRAWING) == plain
    assert "count" not in vars(PACKING.unpacked(plain))


@pytest.mark.parametrize("value", [Decimal(1), os.system, print, object(), Attack(print), [Attack(print)], Decimal])
def test_only_the_kinds_of_the_packing_are_packed(value):
    with pytest.raises(TypeError):
        PACKING.packed(value)


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize(
    "value",
    [
        Attack(os.system, "touch attacked"),
        Attack(eval, "open('attacked', 'w')"),
        Attack(exec, "open('attacked', 'w')"),
        Attack(getattr, Drawing, "__init__"),
        Drawing((Attack(os.system, "touch attacked"),)),
        Decimal(1),
    ],
    ids=("system", "eval", "exec", "getattr", "within", "another class"),
)
def test_bytes_that_call_anything_else_are_refused_before_anything_runs(value, protocol, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    try:
        content = pickle.dumps(value, protocol)
    except AttributeError:
        pytest.skip("this protocol cannot name it")
    with pytest.raises(ValueError, match="no packed values"):
        PACKING.unpacked(content)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "content",
    [
        b"cos\nsystem\n(S'touch attacked'\ntR.",
        b"cbuiltins\neval\n(Vprint(1)\ntR.",
        b"\x80\x04\x8c\x0ahandouts.x\x8c\x01y\x93.",
        b"\x82\x01.",
        b"P1\n.",
        b"Q.",
        b"",
        b".",
        b"(" * 100_000,
        b"\x80\xff.",
        b"\x80\x05\x95\xff\xff\xff\xff\xff\xff\xff\x7f.",
    ],
)
def test_bytes_that_are_no_packed_value_are_refused(content, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="no packed values"):
        PACKING.unpacked(content)
    assert not list(tmp_path.iterdir())


def test_every_cut_and_changed_byte_gives_a_value_or_a_refusal():
    content = PACKING.packed(DRAWING)
    for place in range(len(content)):
        for damaged in (content[:place], content[:place] + bytes((content[place] ^ 0xFF,)) + content[place + 1 :]):
            try:
                PACKING.unpacked(damaged)
            except ValueError:
                continue
