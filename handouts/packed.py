"""Values → bytes → the same values: our own frozen values and what they are made of, and nothing else.

The bytes are pickle's (protocol 5), since nothing builds values faster, but neither side of it is open: what is packed and what
is unpacked are the classes that the packing was given. Bytes that ask for anything else (a function, a class of another module)
are refused before it is looked for. What an object has worked out and kept beside its fields is left out.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable
from dataclasses import fields
from enum import Enum
from io import BytesIO
from operator import attrgetter
from pathlib import Path
from typing import Any, cast

_PROTOCOL = 5
_MadeOf = Callable[[Any], tuple[Any, ...]]


class Packing:
    """Packs and unpacks values of `kinds` (dataclasses, named tuples and enumerations) and of Python's own plain types."""

    def __init__(self, kinds: Iterable[type[Any]]) -> None:
        self._made_of = {kind: _made_of(kind) for kind in kinds}
        self._kinds: dict[tuple[str, str], Any] = {(kind.__module__, kind.__qualname__): kind for kind in self._made_of}
        self._kinds[path_of.__module__, path_of.__qualname__] = path_of

    def packed(self, value: object) -> bytes:
        """`value` as bytes. Raises TypeError if anything in it is of no kind that can be unpacked."""
        out = BytesIO()
        _Packer(out, self._made_of).dump(value)
        return out.getvalue()

    def unpacked(self, content: bytes) -> Any:
        """The value that was packed as `content`. Raises ValueError for bytes that are damaged or hold anything else."""
        try:
            return _Unpacker(content, self._kinds).load()
        except Exception as trouble:
            raise ValueError("these are no packed values") from trouble


def path_of(text: str) -> Path:
    """A path as it was packed."""
    return Path(text)


class _Packer(pickle.Pickler):
    def __init__(self, out: BytesIO, known: dict[type[Any], _MadeOf]) -> None:
        super().__init__(out, _PROTOCOL)
        self._known = known

    def reducer_override(self, obj: Any, /) -> Any:
        """How `obj`, which is of none of Python's plain types, is made again: its class called with its fields."""
        kind = cast("type[Any]", type(obj))
        made_of = self._known.get(kind)
        if made_of is not None:
            return kind, made_of(obj)
        if obj is path_of or (isinstance(obj, type) and obj in self._known):
            return NotImplemented  # a class stands in the bytes by its name
        if isinstance(obj, Path):
            return path_of, (str(obj),)
        raise TypeError(f"{kind.__qualname__} is not among the kinds of values that are packed")


class _Unpacker(pickle.Unpickler):
    def __init__(self, content: bytes, kinds: dict[tuple[str, str], Any]) -> None:
        super().__init__(BytesIO(content))
        self._known = kinds

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        """The class of this name, if it is one of the packing's; nothing is ever imported."""
        try:
            return self._known[module_name, global_name]
        except KeyError:
            raise pickle.UnpicklingError(f"{module_name}.{global_name} is not unpacked") from None


def _made_of(kind: type[Any]) -> _MadeOf:
    """What gives of one of `kind` all that it is called with, in order."""
    if issubclass(kind, tuple):
        return tuple
    if issubclass(kind, Enum):
        return lambda one: (one.value,)
    names = [field.name for field in fields(kind) if field.init]
    if len(names) < 2:
        return lambda one: tuple([getattr(one, name) for name in names])
    return attrgetter(*names)
