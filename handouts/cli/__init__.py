"""The commands: arguments, progress and exit codes; the work is done by the modules they call."""
