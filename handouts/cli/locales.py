"""What the commands for translators have in common: which catalogs are meant, which languages, and which day it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from handouts.clinic import FILE
from handouts.errors import Fault, WrongUsage
from handouts.translate.domains import Locales, built_in, of_clinic

Clinic = Annotated[
    Path | None,
    typer.Option("--clinic", help="The catalogs in this clinic's folder; without it, those of the program."),
]
Languages = Annotated[list[str] | None, typer.Argument(metavar="[LANG]…", help="Language tags; none: all there are.")]
LanguageTag = Annotated[str, typer.Argument(metavar="LANG", help="A language tag, such as vi or zh-Hant.")]


def locales_of(clinic: Path | None) -> Locales:
    """The catalogs that are meant. Raises WrongUsage for a folder of no clinic."""
    if clinic is None:
        return built_in()
    if not (clinic / FILE).is_file():
        raise WrongUsage(
            Fault("the command", f"there is no {FILE} in it.", "Name a clinic's folder.", "--clinic", str(clinic))
        )
    return of_clinic(clinic)


def require(given: str | None, known: Iterable[str], option: str) -> None:
    """Raise WrongUsage for what is `given` to an option and is not known."""
    if given and given not in set(known):
        raise WrongUsage(Fault("the command", "is not known.", f"Known: {', '.join(known)}.", option, given))


def day_of(now: str | None) -> date:
    """The day to write: as given, or today."""
    if now is None:
        return datetime.now(UTC).astimezone().date()
    try:
        return datetime.fromisoformat(now).date()
    except ValueError:
        raise WrongUsage(
            Fault("the command", "is no time.", "Write it as 2026-03-04T08:00-05:00.", "--now", now)
        ) from None
