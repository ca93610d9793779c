"""The one place where remembering is switched: a pure function → the same function that keeps its latest results.

Remembering never changes a result. With `forgetting()`, or HANDOUTS_REMEMBER=0 in the environment, every call makes its result
anew, and a test holds that all bytes are the same. What holds a patient's values is not to be remembered at all.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import lru_cache, partial, update_wrapper
from typing import Any, Generic, ParamSpec, Protocol, TypeVar, cast
from weakref import WeakSet

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
K = TypeVar("K")
T = TypeVar("T")


_OBJECTS = 300_000
"""New objects before Python looks for circles among them."""


class Remembered(Protocol[P, R_co]):
    """A function that remembers its results."""

    __wrapped__: Callable[..., Any]

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        """What the function gives; its arguments are hashable."""
        ...

    def cache_clear(self) -> None:
        """Forget every result, as after a change of what the function reads."""


class _Switch:
    """All remembering functions of the process, and how often they were told to forget."""

    def __init__(self) -> None:
        self.functions: WeakSet[Any] = WeakSet()
        self.forgetting = int(os.environ.get("HANDOUTS_REMEMBER") == "0")

    def turn(self, by: int) -> None:
        self.forgetting += by
        for function in self.functions:
            self.point(function)

    def point(self, function: Any) -> None:
        """`function` calls what remembers, or what does not; a `partial` does so in C, and can be pointed elsewhere."""
        target = function.__wrapped__ if self.forgetting else function.remembering
        function.__setstate__((target, (), {}, function.__dict__))


_SWITCH = _Switch()


def remembered(size: int | None = None) -> Callable[[Callable[P, R]], Remembered[P, R]]:
    """A decorator: the function keeps its `size` latest results, or all of them; it costs what `functools.lru_cache` costs.

    For functions of a module and for methods that are bound already, not for `def` in a class.
    """

    def remembering(function: Callable[P, R]) -> Remembered[P, R]:
        kept: Any = lru_cache(size)(function)
        switched: Any = update_wrapper(partial(kept), function)
        switched.remembering = kept
        switched.cache_clear = kept.cache_clear
        _SWITCH.functions.add(switched)
        _SWITCH.point(switched)
        return cast("Remembered[P, R]", switched)

    return remembering


def shared(size: int) -> Callable[[T], T]:
    """A function from a value to an equal one that was met lately, if there is one: what is kept often then stands in memory once."""
    return cast("Callable[[T], T]", remembered(size)(_itself))


def _itself(value: T) -> T:
    return value


def collect_seldom() -> None:
    """Let Python look for circles of objects seldom: our values have none, and looking through all there is takes long."""
    gc.set_threshold(_OBJECTS)


@contextmanager
def forgetting() -> Generator[None, None, None]:
    """While it lasts nothing is remembered: no result is kept, and none that was kept is used."""
    _SWITCH.turn(1)
    try:
        yield
    finally:
        _SWITCH.turn(-1)


def remembers() -> bool:
    """Whether results are remembered now; for what keeps results by other means than `remembered`."""
    return not _SWITCH.forgetting


class Recent(Generic[K, R]):
    """The latest results by their keys, for what is made of more than its key, which all of it follows from.

    At most `size` are kept, and at least the latest half of that: those that nobody has asked for since so many others were asked for go
    together, so that asking for one costs no more than looking it up.
    """

    def __init__(self, size: int) -> None:
        self._half = max(size // 2, 1)
        self._kept: dict[K, R] = {}
        self._before: dict[K, R] = {}

    def __call__(self, key: K, make: Callable[[], R]) -> R:
        """What was made for `key`, or else is made now."""
        if _SWITCH.forgetting:
            return make()
        try:
            return self._kept[key]
        except KeyError:
            pass
        found = self._before[key] if key in self._before else make()
        if len(self._kept) >= self._half:
            self._before, self._kept = self._kept, {}
        self._kept[key] = found
        return found
