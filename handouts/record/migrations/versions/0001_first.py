"""The first tables, and what keeps the log from being changed."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_TEXT, _NUMBER = sa.Text(), sa.Integer()


def _columns(texts: str, numbers: str = "") -> list[sa.Column[object]]:
    named = [(name, _TEXT) for name in texts.split()] + [(name, _NUMBER) for name in numbers.split()]
    return [sa.Column(name, kind, nullable=False) for name, kind in named]


def upgrade() -> None:
    op.create_table(
        "packets",
        *_columns("id appointment patient start state", "revision making live"),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint("live IN (0, 1)", name="live_or_not"),
    )
    op.create_index("packets_by_patient", "packets", ["patient"])
    live = sa.text("live = 1")
    op.create_index(
        "one_live_packet", "packets", ["appointment"], unique=True, sqlite_where=live, postgresql_where=live
    )
    op.create_table(
        "makings",
        *_columns("packet made_at says status appointment options decided clinic wordings", "number"),
        sa.PrimaryKeyConstraint("packet", "number"),
        sa.ForeignKeyConstraint(["packet"], ["packets.id"]),
    )
    op.create_table("snapshots", *_columns("sha256 told"), sa.PrimaryKeyConstraint("sha256"))
    op.create_table(
        "documents",
        *_columns("packet kind stage sha256 at told", "making number pages"),
        sa.PrimaryKeyConstraint("packet", "making", "kind", "stage", "number"),
    )
    op.create_index("documents_by_hash", "documents", ["sha256"])
    op.create_table(
        "reviews",
        *_columns("packet decision who name licence at comment page_zero", "making number"),
        sa.PrimaryKeyConstraint("packet", "making", "number"),
    )
    op.create_table(
        "signatures",
        *_columns("packet kind role name way at sha256 evidence", "number"),
        sa.PrimaryKeyConstraint("packet", "kind", "number"),
    )
    op.create_table(
        "events",
        sa.Column("number", _NUMBER, primary_key=True, autoincrement=False),
        *_columns("at who user kind packet told previous hash"),
    )
    op.create_index("events_by_packet", "events", ["packet"])
    for statement in _APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


_STAY = """
CREATE FUNCTION events_stay() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the log is never changed'; END $$
"""
_STAYS = """
CREATE TRIGGER events_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON events
FOR EACH STATEMENT EXECUTE FUNCTION events_stay()
"""
_APPEND_ONLY = {
    "sqlite": [
        f"CREATE TRIGGER events_no_{what} BEFORE {what.upper()} ON events "
        "BEGIN SELECT RAISE(ABORT, 'the log is never changed'); END"
        for what in ("update", "delete")
    ],
    "postgresql": [_STAY, _STAYS],
}
