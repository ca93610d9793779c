"""A template's syntax tree → the Python that Jinja renders it by, and the names that this looks up; made once, whatever the language."""

from __future__ import annotations

from dataclasses import dataclass
from types import CodeType
from typing import Any, cast

from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame

from handouts.memory import remembered


@dataclass(frozen=True, slots=True)
class Program:
    """The Python of a template, and the names that are looked up while it runs: those of blanks, settings and functions unknown."""

    source: str
    looked_up: frozenset[str]


@remembered(32)
def program(tree: nodes.Template, name: str) -> Program:
    """The program of the template `name`. Raises TemplateSyntaxError for what only shows when it is made."""
    generator = _Generator(cast("Environment", tree.environment), name)
    generator.visit(tree)
    return Program(generator.stream.getvalue(), frozenset(generator.looked_up))


@remembered(32)
def compiled(tree: nodes.Template, name: str) -> CodeType:
    """The program of the template `name`, compiled."""
    return compile(program(tree, name).source, name, "exec")


class _Generator(CodeGenerator):
    """Writes the program, and notes which names it finds nowhere in the template."""

    stream: Any

    def __init__(self, environment: Environment, name: str) -> None:
        super().__init__(environment, name, name, optimized=False)
        self._functions: Any = environment.globals  # pyright: ignore[reportUnknownMemberType]
        self.looked_up: set[str] = set()

    def enter_frame(self, frame: Frame) -> None:
        """Jinja calls it for everything that has names of its own."""
        super().enter_frame(frame)
        for action, name in frame.symbols.loads.values():
            if action == "resolve" and name not in self._functions:
                self.looked_up.add(str(name))
