"""The commands and what they have in common: the clinic, the clock, and how faults reach a person and the shell."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from handouts.cli.say import say_faults
from handouts.errors import ExitCode, HandoutsError
from handouts.memory import collect_seldom

COMMANDS = (
    "packet",
    "wording",
    "translate",
    "review",
    "sign",
    "verify",
    "store",
    "press",
    "init",
    "check",
    "doctor",
    "fonts",
    "cache",
)
"""Each has its module here: with a Typer of its own, `app`, or a function of the same name."""


def app(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """The program with these of its commands; only their modules are loaded, as most of a short run is loading."""
    made = typer.Typer(
        name="handouts",
        help="Consent forms and patient handouts: for every appointment a packet, in the patient's language.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    made.callback()(_common)
    for name in names:
        module = import_module(f"handouts.cli.{name}")
        inner = getattr(module, "app", None)
        if inner:
            made.add_typer(inner, name=name)
        else:
            made.command(name)(getattr(module, name))
    return made


def _show_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version  # noqa: PLC0415 - loads what reads letters, for this option alone

        typer.echo(f"handouts {version('handouts')}")
        raise typer.Exit


def _common(
    show: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """What stands before every command."""


def main() -> None:
    """Run the command of this process; every end has one of the contract's exit codes and no traceback."""
    collect_seldom()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # it would ask every installed package for some
    first = sys.argv[1] if len(sys.argv) > 1 else ""
    try:
        code = app([first] if first in COMMANDS else COMMANDS)(standalone_mode=False) or ExitCode.DONE
    except typer.Exit as stop:
        code = stop.exit_code
    except HandoutsError as trouble:
        say_faults(trouble.faults)
        code = trouble.exit_code
    except (KeyboardInterrupt, typer.Abort):
        code = ExitCode.INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        code = ExitCode.DONE
    except Exception as trouble:  # noqa: BLE001 - a traceback could show a patient's values
        code = _wrong_usage(trouble)
    if code == ExitCode.INTERRUPTED:  # also where typer has caught it, which says nothing
        typer.echo("Interrupted. What was finished stays; run the command again for the rest.", err=True)
    gc.freeze()  # as above: at the end Python would look through all there is, thrice
    sys.exit(code)


def _wrong_usage(trouble: Exception) -> int:
    """What click found wrong with the call; or else where the program itself failed."""
    show = getattr(trouble, "show", None)
    if show is not None:
        show()
        return ExitCode.WRONG_USAGE
    import traceback  # noqa: PLC0415 - as in `_show_version`

    last = traceback.extract_tb(trouble.__traceback__)[-1]
    place = f"{Path(last.filename).name}, line {last.lineno}"
    typer.echo(f"The program failed: {type(trouble).__name__} at {place}. Please report it.", err=True)
    return ExitCode.SOME_ROWS_FAILED
