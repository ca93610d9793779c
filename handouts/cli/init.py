"""`init`: a new clinic folder with every setting explained."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from handouts.clinic import FILE
from handouts.new_clinic import write_clinic


def init(
    folder: Annotated[Path, typer.Argument(help="The folder to make.", show_default=False)],
) -> None:
    """Make a clinic folder in FOLDER: every setting explained, the required ones unset."""
    write_clinic(folder)
    typer.echo(f"{folder} is there. Fill in {folder / FILE}, then ask what is still missing:")
    typer.echo(f"  handouts check --clinic {folder}")
