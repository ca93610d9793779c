"""`review`: who approves content and packets, and what becomes of packets then; each command stands in a file of its own."""

from __future__ import annotations

import typer

from handouts.cli import review_packets, review_show
from handouts.cli.review_content import content

app = typer.Typer(
    help="Approve content and packets, and see where packets stand.", no_args_is_help=True, rich_markup_mode=None
)
app.command("content")(content)
app.command("list")(review_packets.list_)
app.command("show")(review_show.show)
app.command("approve")(review_packets.approve_)
app.command("return")(review_packets.return_)
app.command("issue")(review_packets.issue)
app.command("void")(review_packets.void)
app.command("close")(review_packets.close)
app.command("impact")(review_show.impact)
