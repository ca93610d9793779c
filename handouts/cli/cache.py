"""`cache show` and `cache clear`: what is kept between runs, and how to be rid of it."""

from __future__ import annotations

import typer

from handouts.cache import user_cache
from handouts.cli.options import AsJson
from handouts.cli.say import say_json

app = typer.Typer(help="What is kept between runs.", no_args_is_help=True, rich_markup_mode=None)


@app.command("show")
def show(as_json: AsJson = False) -> None:
    """Say where the results are that later runs take over, how many and how big; nothing of a patient is among them."""
    cache = user_cache()
    size = cache.size()
    folder = str(cache.folder) if cache.folder else None
    if as_json:
        say_json({"folder": folder, "entries": size.entries, "bytes": size.bytes, "limit": cache.limit})
    elif folder:
        typer.echo(f"{folder}: {size.told} of {cache.limit // 10**6} MB.")
    else:
        typer.echo("Nothing is kept between runs.")


@app.command("clear")
def clear(as_json: AsJson = False) -> None:
    """Remove all that is kept between runs; the next run makes it anew, and its documents are the same."""
    cache = user_cache()
    removed = cache.clear()
    if as_json:
        folder = str(cache.folder) if cache.folder else None
        say_json({"folder": folder, "entries": removed.entries, "bytes": removed.bytes})
    else:
        typer.echo(f"Removed {removed.told}.")
