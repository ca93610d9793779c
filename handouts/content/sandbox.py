"""What a template can reach while it runs: settings, opaque blanks and messages, within bounds.

Nothing else of Python is there: no attribute that begins with "_", no method, no calculation, no filter that changes words,
no file but the procedure's own HTML. How much a template may print and call is counted, so that none runs away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn, cast

from babel import Locale
from jinja2 import BaseLoader, Environment, StrictUndefined, Template, TemplateNotFound, Undefined, nodes, pass_context
from jinja2.exceptions import SecurityError
from jinja2.ext import Extension
from jinja2.filters import FILTERS  # pyright: ignore[reportUnknownVariableType]
from jinja2.runtime import BlockReference, Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from handouts.content.catalog import Catalog
from handouts.content.cldr import listed, locale_of
from handouts.content.clinic_texts import Unreviewed
from handouts.content.elements import BLANK, MARKS, MESSAGE, UNSET
from handouts.content.po import MessageKey
from handouts.content.program import compiled
from handouts.settings import SETTINGS

LONGEST_RENDERING = 2_000_000
"""Characters, in macros and in the document, after which a template is taken to run away."""

_CALL_COSTS = 50
_FILTERS = ("count", "first", "last", "length", "list", "rejectattr", "selectattr")
_MESSAGES = ("gettext", "pgettext", "ngettext", "npgettext")
_FILE = re.compile(r"[A-Za-z0-9][\w-]*\.html")
_PUT_TOGETHER = r"{#.*?#}|{%[-+]?\s*trans\b.*?\bendtrans\s*[-+]?%}|{{.*?}}|{%.*?%}"
_TAG = re.compile(rf"({_PUT_TOGETHER})|<([a-zA-Z][\w:.-]*)", re.DOTALL)


class MisusedBlankError(Exception):
    """A blank was tested, compared, filtered or joined while a template ran."""


class RunawayError(Exception):
    """A template printed or called more than any document needs."""


class Blank:
    """A blank in a template: it can be placed, and nothing else can be done with it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __html__(self) -> str:
        return f"{BLANK[0]}{self._name}{BLANK[1]}"

    def _refuse(self, *_: object) -> NoReturn:
        raise MisusedBlankError(self._name)

    __str__ = __repr__ = __bool__ = __len__ = __iter__ = __int__ = __float__ = __index__ = _refuse  # type: ignore[assignment]
    __add__ = __radd__ = __mul__ = __rmul__ = __mod__ = __rmod__ = __neg__ = __call__ = _refuse  # type: ignore[assignment]
    __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __getitem__ = __format__ = _refuse  # type: ignore[assignment]
    __eq__ = __ne__ = __hash__ = _refuse  # type: ignore[assignment]


class Item(Blank):
    """A list's item in a template: its attributes are blanks, it is none itself; its facts belong into `when`."""

    def __init__(self, item: str, blanks: Iterable[str]) -> None:
        super().__init__(item)
        self.__dict__.update({name: Blank(f"{item}.{name}") for name in blanks})

    def __html__(self) -> str:
        return self._refuse()


class Unset:
    """A setting that the clinic has not set: false in a test, nothing in a loop, a mark where it would print."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __html__(self) -> str:
        return f"{UNSET[0]}{self._key}{UNSET[1]}"

    def __bool__(self) -> bool:
        return False

    def __iter__(self) -> Any:
        return iter(())

    def __getattr__(self, name: str) -> Unset:
        if name.startswith("_"):
            raise AttributeError(name)
        return Unset(f"{self._key}.{name}")

    __str__ = __html__


class Settings:
    """The clinic's settings in a template, as attributes; one that is not set prints as a mark that refuses the wording."""

    def __init__(self, values: Mapping[str, object], prefix: str = "") -> None:
        self._values = values
        self._prefix = prefix

    def __getattr__(self, name: str) -> object:
        if name.startswith("_"):
            raise AttributeError(name)
        value = self._values.get(name)
        if value is None:
            if not self._prefix and name not in self._values and name not in SETTINGS:
                raise SecurityError(f'no setting is called "{name}"')
            return Unset(self._prefix + name)
        inner = f"{self._prefix}{name}."
        return Settings(cast("Mapping[str, object]", value), inner) if isinstance(value, Mapping) else value


class Translator:
    """What Jinja calls for messages.

    A message that no final document may hold (`Catalog.blocked`) comes with a mark of its number in `marked`, so that every block
    knows of it.
    """

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.marked: dict[MessageKey, int] = {}
        self.missing: dict[MessageKey, None] = {}

    def gettext(self, source: str) -> str:
        """The translation of `source`, or `source` itself where the catalog lacks it."""
        return self.pgettext("", source)

    def pgettext(self, context: str, source: str) -> str:
        """The translation of `source` in `context`, as above."""
        key = (context, source)
        translation = self.catalog.translated(source, context)
        if translation is None:
            self.missing[key] = None
        elif key not in self.catalog.blocked:
            return translation
        return f"{self._mark(key)}{source if translation is None else translation}"

    def marked_text(self, text: Unreviewed) -> Markup:
        """A text of the clinic's that nobody has reviewed, with its mark."""
        if not text.translated:
            self.missing[text.key] = None
        return Markup(self._mark(text.key)) + escape(str(text))  # noqa: S704 - a mark of ours

    def _mark(self, key: MessageKey) -> str:
        number = self.marked.setdefault(key, len(self.marked))
        return f"{MESSAGE[0]}{number}{MESSAGE[1]}"


class Sandbox(ImmutableSandboxedEnvironment):
    """A Jinja environment in which a template can place texts and blanks, and do nothing else."""

    intercepted_binops = frozenset(("+", "-", "*", "/", "//", "%", "**"))

    def __init__(self, trees: Mapping[str, nodes.Template], translator: Translator) -> None:
        super().__init__(
            loader=_Parsed(trees),
            autoescape=True,
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n", _PlaceMarks],
            keep_trailing_newline=True,
            finalize=_finalized,
        )
        self.policies["ext.i18n.trimmed"] = True
        self.filters = {name: FILTERS[name] for name in _FILTERS}  # pyright: ignore[reportUnknownMemberType]
        self._functions = cast("dict[str, Any]", self.globals)  # pyright: ignore[reportUnknownMemberType]
        self._functions.clear()
        self._functions["listing"] = self._listing(locale_of(translator.catalog.language))
        self._translator = translator
        self.install_gettext_callables(  # type: ignore[attr-defined]
            translator.gettext, _no_plural, newstyle=True, pgettext=translator.pgettext, npgettext=_no_plural
        )
        self._spent = 0

    def begin(self) -> None:
        """Count anew what a rendering prints and calls."""
        self._spent = 0

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """What a macro, a message or `listing` gives; anything else is not called."""
        if isinstance(obj, Undefined):
            return super().call(context, obj, *args, **kwargs)
        known = isinstance(obj, Macro | LoopContext | BlockReference) or _is_get(obj)
        if not known and not any(obj is function for function in self._functions.values()):
            raise SecurityError(
                "a template calls macros, messages, listing() and the get() of a table, and nothing else"
            )
        if any(obj is self._functions[name] for name in _MESSAGES):
            own = {"_loop_vars", "_block_vars"}  # Jinja's, in loops and blocks
            kwargs = {name: value if name in own else self.printable(value) for name, value in kwargs.items()}
        given = (*args, *kwargs.values())
        self._spend(_CALL_COSTS + sum(len(value) for value in given if isinstance(value, str)))
        return super().call(context, obj, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """The sum or difference of two whole numbers; a template calculates nothing else."""
        for value in (left, right):
            if isinstance(value, Blank):
                value()
        if operator in {"+", "-"} and type(left) is int and type(right) is int:
            return super().call_binop(context, operator, left, right)
        raise SecurityError(f"a template does not calculate ({operator})")

    def printable(self, value: object) -> object:
        """`value`, if it is one that prints as words; raises TypeError or MisusedBlankError for any other."""
        if isinstance(value, Item):
            value()
        if isinstance(value, Unreviewed):
            self._spend(len(value) + 1)
            return self._translator.marked_text(value)
        if isinstance(value, str):
            self._spend(len(value) + 1)
            if not isinstance(value, Markup) and any(mark in value for mark in MARKS):
                raise TypeError("a private-use character would be printed")
        elif isinstance(value, bool) or not isinstance(value, int | Blank | Unset | Undefined):
            raise TypeError(f"this is no text that could be printed ({type(value).__name__.lower()})")
        return value

    def _spend(self, much: int) -> None:
        self._spent += much
        if self._spent > LONGEST_RENDERING:
            raise RunawayError

    def _listing(self, locale: Locale) -> Callable[[Sequence[str]], Markup]:
        def listing(values: Sequence[str]) -> Markup:
            if isinstance(values, Unset):
                return Markup(values.__html__())  # noqa: S704 - a mark of ours, no text
            if isinstance(values, str):
                raise TypeError("listing() takes a list, not a text")
            said = [str(escape(self.printable(value))) for value in values]
            return Markup(listed(said, locale))  # noqa: S704 - escaped above

        return listing


def _is_get(obj: object) -> bool:
    return isinstance(getattr(obj, "__self__", None), dict) and getattr(obj, "__name__", "") == "get"


@pass_context
def _finalized(context: Context, value: object) -> object:
    return cast("Sandbox", context.environment).printable(value)


def _no_plural(*_: object) -> NoReturn:
    raise SecurityError("a plural form would test a blank")


class _Parsed(BaseLoader):
    """The procedure's templates as they were read and checked, and no other file."""

    def __init__(self, trees: Mapping[str, nodes.Template]) -> None:
        self._trees = trees

    def load(self, environment: Environment, name: str, globals: Any = None) -> Template:  # noqa: A002 - Jinja's name
        if name not in self._trees:
            raise _not_found(name)
        code = compiled(self._trees[name], name)
        return Template.from_code(environment, code, globals or {}, lambda: True)


def template_source(folders: Sequence[Path], name: str) -> str:
    """What stands in the template `name`, the first there is in `folders`; raises TemplateNotFound, UnicodeDecodeError."""
    return _file(folders, name).read_text("utf-8")


def _file(folders: Sequence[Path], name: str) -> Path:
    paths = [folder / name for folder in folders if _FILE.fullmatch(name)]
    path = next((path for path in paths if path.is_file()), None)
    if path is None:
        raise _not_found(name)
    return path


def _not_found(name: str) -> TemplateNotFound:
    return TemplateNotFound(name, f'there is no "{name}" in the procedure\'s folder')


class _PlaceMarks(Extension):
    """Writes file and line into every element of a template's source, outside of messages and expressions."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        _ = filename

        def marked(found: re.Match[str]) -> str:
            if found[1] or found[2].lower() in {"strong", "a"}:
                return found[0]
            return f'<{found[2]} at="{name}:{source.count(chr(10), 0, found.start()) + 1}"'

        return _TAG.sub(marked, source)
