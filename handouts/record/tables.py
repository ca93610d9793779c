"""What the record holds, as tables; how they came to be stands in `migrations/`."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

METADATA = MetaData()
HEAD = "0001"
"""The latest revision of the tables."""

packets = Table(
    "packets",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("appointment", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("patient", Text, nullable=False),  # a hash of clinic and record number: whose packets belong together
    Column("start", Text, nullable=False),  # UTC, ISO 8601
    Column("state", Text, nullable=False),
    Column("making", Integer, nullable=False),  # the number of the latest
    Column("live", Integer, nullable=False),
    Index("packets_by_patient", "patient"),
    # One live packet an appointment, whoever else makes one at the same moment.
    Index(
        "one_live_packet",
        "appointment",
        unique=True,
        sqlite_where=text("live = 1"),
        postgresql_where=text("live = 1"),
    ),
    CheckConstraint("live IN (0, 1)", name="live_or_not"),
)
"""One row an appointment and revision."""

makings = Table(
    "makings",
    METADATA,
    Column("packet", Text, ForeignKey("packets.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("says", Text, nullable=False),  # the hash of all that it says but for the time of issue
    Column("status", Text, nullable=False),
    Column("appointment", Text, nullable=False),  # the appointment as it was, JSON
    Column("options", Text, nullable=False),  # language, paper and look, JSON
    Column("decided", Text, nullable=False),  # what a clinician decided, by concern, JSON
    Column("clinic", Text, nullable=False),  # the snapshot of the clinic's settings
    Column("wordings", Text, nullable=False),  # the snapshots of what its documents say, by kind, JSON
    PrimaryKeyConstraint("packet", "number"),
)
"""A packet each time it is made with other words or values."""

snapshots = Table(
    "snapshots",
    METADATA,
    Column("sha256", Text, primary_key=True),
    Column("told", Text, nullable=False),  # JSON
)
"""What many packets share: the blocks of a wording, the hashes of a clinic's settings."""

documents = Table(
    "documents",
    METADATA,
    Column("packet", Text, nullable=False),
    Column("making", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("at", Text, nullable=False),
    Column("told", Text, nullable=False),  # what else belongs to the file, JSON
    PrimaryKeyConstraint("packet", "making", "kind", "stage", "number"),
    Index("documents_by_hash", "sha256"),
)
"""Files by their hash: as made, with answers, with each further signature, scanned, and what accompanies them."""

reviews = Table(
    "reviews",
    METADATA,
    Column("packet", Text, nullable=False),
    Column("making", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("decision", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("licence", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("page_zero", Text, nullable=False),  # the hash of what was read
    PrimaryKeyConstraint("packet", "making", "number"),
)
"""What clinicians decided on packets."""

signatures = Table(
    "signatures",
    METADATA,
    Column("packet", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("role", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("way", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("sha256", Text, nullable=False),  # the file that bears it
    Column("evidence", Text, nullable=False),  # JSON
    PrimaryKeyConstraint("packet", "kind", "number"),
)
"""Who signed which document, in which way."""

events = Table(
    "events",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("packet", Text, nullable=False),
    Column("told", Text, nullable=False),  # JSON
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index("events_by_packet", "packet"),
)
"""The log: nothing in it is ever changed, each line holds the hash of the one before."""
