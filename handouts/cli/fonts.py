"""`fonts list` and `fonts add`: which fonts there are, and more of them for rare letters."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from handouts.cli.options import AsJson
from handouts.cli.say import say_json, say_table
from handouts.typeset.added import add, added_folder
from handouts.typeset.listing import listed

app = typer.Typer(help="The fonts of the documents.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Print every font with its scripts, characters, version, licence, size and origin, in the order they are asked."""
    found = tuple(listed())
    if as_json:
        say_json([asdict(each) for each in found])
        return
    rows = (
        (
            each.name,
            " ".join(each.scripts),
            f"{each.characters}",
            each.version,
            f"{each.size / 1000:.0f} kB",
            each.licence,
            f"added: {each.origin}" if each.added else each.origin,
        )
        for each in found
    )
    say_table(("font", "scripts", "characters", "version", "size", "licence", "from"), rows)


@app.command("add")
def add_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Static TrueType fonts (.ttf).")],
    as_json: AsJson = False,
) -> None:
    """Keep fonts for characters that no font here has; those that come with the program are asked first."""
    kept = add(files, added_folder())
    if as_json:
        say_json([str(path) for path in kept])
        return
    for path in kept:
        typer.echo(f"Kept as {path}.")
