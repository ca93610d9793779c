"""`store check` finds whatever was changed past the program: in the log, in the rows beside it, and in the files."""

from __future__ import annotations

import pytest
from record.conftest import AT
from sqlalchemy import text

from handouts.errors import DamagedRecord, ExitCode, Tampered, UnreadableInput, WrongUsage
from handouts.record import log
from handouts.record.audit import checked
from handouts.record.log import Head, head_read
from handouts.record.review import approve, begun
from handouts.record.standing import standing
from handouts.record.tables import HEAD


@pytest.fixture
def kept(any_office):
    """A record with three packets, of which two are approved, one of them after it was shown."""
    ids = any_office.record({}, {}, {})
    store = any_office.store()
    with store.reading() as connection:
        packet = standing(connection, ids[0])
    begun(store, any_office.who(), packet, AT, b"%PDF what was shown")
    approve(store, any_office.makers, any_office.who(), ids[:2], AT, comment="as we said")
    return store


def do(store, *statements):
    """Raw SQL, with what keeps the log from being changed taken away first."""
    with store.engine.begin() as connection:
        if store.engine.dialect.name == "sqlite":
            for what in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS events_no_{what}"))
        else:
            connection.execute(text("DROP TRIGGER IF EXISTS events_stay ON events"))
        for statement in statements:
            connection.execute(text(statement))


def end(store):
    with store.reading() as connection:
        return log.head(connection)


def test_a_sound_record_is_sound_and_tells_its_end(kept):
    found = checked(kept, end(kept))
    assert found.error("") is None
    assert (found.packets, found.head, found.orphans) == (3, end(kept), ())
    assert found.files == 3 * 5 + 1


ATTACKS = {
    "a line changed": ("UPDATE events SET who = 'reyes' WHERE number = 3", "line 3 .* was changed"),
    "a line changed with its hash": (
        f"UPDATE events SET who = 'reyes', hash = '{log.digest('any')}' WHERE number = 3",
        "line 3 .* was changed",
    ),
    "a line removed": ("DELETE FROM events WHERE number = 3", "line 3 is missing"),
    "the first line removed": ("DELETE FROM events WHERE number = 1", "line 1 is missing"),
    "the last line removed": ("DELETE FROM events WHERE number = (SELECT max(number) FROM events)", "was approved"),
    "a state changed": (
        "UPDATE packets SET state = 'approved' WHERE state = 'generated'",
        "by the log it is generated",
    ),
    "a packet counted no more": ("UPDATE packets SET live = 0 WHERE state = 'generated'", "as if it were not"),
    "a review changed": ("UPDATE reviews SET who = 'reyes'", "the reviews of packet .* are not those"),
    "a comment changed": ("UPDATE reviews SET comment = 'never read'", "the reviews of packet .* are not those"),
    "a review removed": ("DELETE FROM reviews", "the reviews of packet .* are not those"),
    "an appointment changed": (
        "UPDATE makings SET appointment = replace(appointment, 'Lopez', 'Gomez')",
        "making 1 .* was changed",
    ),
    "a reason added": ('UPDATE makings SET decided = \'{"pregnant":"no"}\'', "making 1 .* was changed"),
    "an appointment exchanged": (
        "UPDATE packets SET appointment = '2026-9999' WHERE state = 'generated'",
        "is not of the appointment",
    ),
    "a document exchanged": (
        "UPDATE documents SET sha256 = (SELECT min(sha256) FROM documents) WHERE kind = 'consent.pdf'",
        "consent.pdf .* is not the file that the log knows",
    ),
    "a document removed": ("DELETE FROM documents WHERE kind = 'consent.pdf'", "is not the file that the log knows"),
}


@pytest.mark.parametrize(("statement", "told"), ATTACKS.values(), ids=ATTACKS)
def test_what_was_changed_past_the_program_is_found(kept, statement, told):
    if told == "was approved":
        told = "by the log it is"
    do(kept, statement)
    error = checked(kept).error("the record")
    assert isinstance(error, Tampered)
    assert error.exit_code == ExitCode.TAMPERED
    with pytest.raises(Tampered, match=told):
        raise error


def test_lines_that_changed_their_places_are_found(kept):
    do(
        kept,
        "UPDATE events SET number = 100 WHERE number = 2",
        "UPDATE events SET number = 2 WHERE number = 3",
        "UPDATE events SET number = 3 WHERE number = 100",
    )
    assert any("does not follow" in each for each in checked(kept).tampered)


def test_a_line_that_was_added_past_the_program_is_found(kept):
    do(
        kept,
        """INSERT INTO events (number, at, who, "user", kind, packet, told, previous, hash)
        SELECT number + 1, at, who, "user", kind, packet, told, hash, hash FROM events
        WHERE number = (SELECT max(number) FROM events)""",
    )
    assert any("was changed" in each for each in checked(kept).tampered)


def test_the_log_refuses_to_be_changed_while_its_guard_is_there(kept):
    for statement in ("UPDATE events SET who = 'x'", "DELETE FROM events"):
        with pytest.raises(DamagedRecord, match="refused to change its log"), kept.writing() as connection:
            connection.execute(text(statement))


def test_an_end_that_was_cut_off_is_found_by_a_head_that_was_kept(kept):
    head = end(kept)
    do(
        kept,
        f"DELETE FROM events WHERE number = {head.number}",
        "DELETE FROM reviews WHERE packet NOT IN (SELECT packet FROM events WHERE kind = 'packet.approved')",
        "UPDATE packets SET state = 'generated' WHERE id NOT IN"
        " (SELECT packet FROM events WHERE kind IN ('packet.approved', 'packet.in_review'))",
    )
    assert checked(kept).error("") is None, "nobody can see it who has no head"
    assert any("were cut off" in each for each in checked(kept, head).tampered)


def test_a_log_that_was_written_anew_is_found_by_a_head_that_was_kept(kept):
    head = end(kept)
    with kept.reading() as connection:
        lines = list(log.lines(connection))
    previous, statements = log.FIRST, []
    for line in lines:
        forged = type(line)(
            line.number, line.at, "reyes", *(getattr(line, n) for n in ("user", "kind", "packet", "told")), previous, ""
        )
        previous = forged.own_hash
        statements.append(
            f"UPDATE events SET who = 'reyes', previous = '{forged.previous}', hash = '{previous}' WHERE number = {line.number}"
        )
    do(kept, *statements, "UPDATE reviews SET who = 'reyes'")
    assert checked(kept).error("") is None
    assert any("was written anew" in each for each in checked(kept, head).tampered)


def test_files_that_are_gone_are_damage_and_files_that_were_changed_are_tampering(kept):
    lost, changed, *_ = kept.files.names()
    kept.files.remove(lost)
    error = checked(kept).error("")
    assert isinstance(error, DamagedRecord)
    assert error.exit_code == ExitCode.UNREADABLE_INPUT
    (kept.files.folder / changed[:2] / changed).write_bytes(b"something else")
    error = checked(kept).error("")
    assert isinstance(error, Tampered)
    assert len(error.faults) == 2, "all of it is told"


def test_what_was_shown_belongs_to_the_record_though_no_row_but_the_log_names_it(kept):
    with kept.reading() as connection:
        (line,) = [each for each in log.lines(connection) if each.kind == "packet.shown"]
    kept.files.remove(log.told_in(line)["page_zero"])
    assert any("is missing" in each for each in checked(kept).damaged)


def test_a_file_that_belongs_to_nothing_is_told_and_is_no_fault(kept):
    kept.files.put(b"nobody names this")
    found = checked(kept)
    assert (len(found.orphans), found.error("")) == (1, None)


def test_rows_that_name_what_is_not_there_are_told(kept):
    do(
        kept,
        "INSERT INTO documents (packet, making, kind, stage, number, sha256, pages, at, told)"
        " SELECT 'nobodyspacket000', making, kind, stage, number, sha256, pages, at, told"
        " FROM documents WHERE kind = 'consent.pdf' AND packet = (SELECT min(packet) FROM documents)",
        "DELETE FROM snapshots",
    )
    found = checked(kept).damaged
    assert any("names packet nobodyspacket000, which is not there" in each for each in found)
    assert any("names a snapshot that is not there" in each for each in found)


def test_a_log_that_holds_nonsense_is_told_and_does_not_stop_the_check(kept):
    do(kept, "UPDATE events SET told = '{{{' WHERE number = 2", "UPDATE events SET told = '[]' WHERE number = 3")
    assert len([each for each in checked(kept).tampered if "was changed" in each]) == 2


def test_the_log_holds_nothing_of_a_patient(kept):
    with kept.reading() as connection:
        said = "\n".join(f"{line.told} {line.packet} {line.who}" for line in log.lines(connection))
    for canary in ("Lopez", "Maria", "204101", "1971", "as we said", "2026-0001"):
        assert canary not in said


def test_a_head_is_read_as_it_is_printed_and_nothing_else_is_taken_for_one():
    head = Head(12, "a" * 64)
    assert head_read(f" {head}\n") == head
    for wrong in ("", "12", "12:abc", f"-1:{'a' * 64}", f"1e3:{'a' * 64}", f"12:{'A' * 64}", f"٣:{'a' * 64}"):
        with pytest.raises(WrongUsage, match="NUMBER:HASH"):
            head_read(wrong)


def test_a_view_of_the_record_stays_as_it_is_whatever_others_write(any_office):
    any_office.record()
    store = any_office.store()
    with store.reading() as connection:
        before = log.head(connection)
        with any_office.store().writing() as other:
            log.append(other, any_office.who(), AT, "test.line")
        assert log.head(connection) == before
    assert end(store).number == before.number + 1


def test_the_tables_are_those_of_the_latest_revision_there_is():
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    import handouts.record.migrations as home  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", home.__path__[0])
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_migrations_make_the_tables_that_the_program_knows(any_office):
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415
    from alembic.migration import MigrationContext  # noqa: PLC0415

    from handouts.record.tables import METADATA  # noqa: PLC0415

    with any_office.store().reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_a_record_of_a_later_program_is_refused_and_left_alone(any_office):
    store = any_office.store()
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    with pytest.raises(UnreadableInput, match="later version of the program"):
        any_office.store()
    with store.reading() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "0999"
