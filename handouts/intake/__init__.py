"""Files people have → appointments."""

from handouts.intake.schedule import READERS, Schedule, read, read_all

__all__ = ["READERS", "Schedule", "read", "read_all"]
