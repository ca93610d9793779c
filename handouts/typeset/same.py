"""A value → a key under which it is remembered as the object that it is, so that nothing in it has to be compared."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")


class Same(Generic[T]):
    """Equal to another if both hold one and the same object, which lives as long as the key."""

    __slots__ = ("held",)

    def __init__(self, held: T) -> None:
        self.held = held

    def __eq__(self, other: object) -> bool:
        return type(other) is Same and other.held is self.held  # type: ignore[reportUnknownMemberType]

    def __hash__(self) -> int:
        return id(self.held)
