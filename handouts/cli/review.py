"""`review …`: what people approve; each command stands in a file of its own."""

from __future__ import annotations

import typer

from handouts.cli.review_content import content

app = typer.Typer(help="What people approve.", no_args_is_help=True, rich_markup_mode=None)
app.command("content")(content)
