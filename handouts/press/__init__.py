"""Print runs: packets in the order they are handed out, as files for a printer, with proof of what was printed."""
