"""The commands and what they have in common: the clinic, the clock, and how faults reach a person and the shell."""

from __future__ import annotations

import sys
import traceback
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from handouts.cli import cache, check, doctor, fonts, init, packet, wording
from handouts.cli.say import say_faults
from handouts.errors import ExitCode, HandoutsError

app = typer.Typer(
    name="handouts",
    help="Consent forms and patient handouts: for every appointment a packet, in the patient's language.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("packet")(packet.packet)
app.add_typer(wording.app, name="wording")
app.command("init")(init.init)
app.command("check")(check.check)
app.command("doctor")(doctor.doctor)
app.add_typer(fonts.app, name="fonts")
app.add_typer(cache.app, name="cache")


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"handouts {version('handouts')}")
        raise typer.Exit


@app.callback()
def _common(
    show: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """What stands before every command."""


def main() -> None:
    """Run the command of this process; every end has one of the contract's exit codes and no traceback."""
    try:
        code = app(standalone_mode=False) or ExitCode.DONE
    except typer.Exit as stop:
        code = stop.exit_code
    except HandoutsError as trouble:
        say_faults(trouble.faults)
        code = trouble.exit_code
    except (KeyboardInterrupt, typer.Abort):
        typer.echo("Interrupted. What was finished stays; run the command again for the rest.", err=True)
        code = ExitCode.INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        code = ExitCode.DONE
    except Exception as trouble:  # noqa: BLE001 - a traceback could show a patient's values
        code = _wrong_usage(trouble)
    sys.exit(code)


def _wrong_usage(trouble: Exception) -> int:
    """What click found wrong with the call; or else where the program itself failed."""
    show = getattr(trouble, "show", None)
    if show is not None:
        show()
        return ExitCode.WRONG_USAGE
    last = traceback.extract_tb(trouble.__traceback__)[-1]
    place = f"{Path(last.filename).name}, line {last.lineno}"
    typer.echo(f"The program failed: {type(trouble).__name__} at {place}. Please report it.", err=True)
    return ExitCode.SOME_ROWS_FAILED
