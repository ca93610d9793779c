"""The programs that are measured beside ours, each in its own file."""
