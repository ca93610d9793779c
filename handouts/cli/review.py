"""`review`: who approves content and packets, and what becomes of packets then."""

from __future__ import annotations

import typer

from handouts.cli import review_packets

app = typer.Typer(help="Approve content and packets, and see where packets stand.", no_args_is_help=True)
app.command("list")(review_packets.list_)
app.command("approve")(review_packets.approve_)
app.command("return")(review_packets.return_)
app.command("issue")(review_packets.issue)
app.command("void")(review_packets.void)
app.command("close")(review_packets.close)
