"""The names others build on: error classes with their exit codes, commands, and the fields of packet.json."""

import inspect

import typer

from handouts import errors
from handouts.cli.app import app

EXIT_CODES = {
    "RefusedAppointment": 1,
    "NotWritten": 1,
    "NotAllowed": 1,
    "NotPrinted": 1,
    "WrongUsage": 2,
    "UnreadableInput": 3,
    "DamagedRecord": 3,
    "UnusableKey": 3,
    "ContentError": 4,
    "SettingError": 4,
    "TemplateError": 4,
    "CatalogError": 4,
    "MissingProgram": 5,
    "Tampered": 6,
}


def test_every_error_has_the_exit_code_of_the_contract():
    found = {
        name: kind.exit_code.value
        for name, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.HandoutsError) and kind is not errors.HandoutsError
    }
    assert found == EXIT_CODES


def test_the_exit_codes_are_those_of_the_contract():
    assert [code.value for code in errors.ExitCode] == [0, 1, 2, 3, 4, 5, 6, 130]


def test_the_hierarchy_in_the_docstring_names_every_error():
    assert all(name in (errors.__doc__ or "") for name in EXIT_CODES)


def test_the_commands_are_those_of_the_contract():
    command = typer.main.get_command(app())
    assert set(command.commands) == {
        "packet",
        "wording",
        "translate",
        "review",
        "sign",
        "verify",
        "store",
        "init",
        "check",
        "doctor",
        "fonts",
        "cache",
    }
    reviewing = {"content", "list", "show", "approve", "return", "issue", "void", "close", "impact"}
    assert set(command.commands["review"].commands) == reviewing
    assert set(command.commands["store"].commands) == {"init", "check", "head", "backup", "restore", "export", "purge"}
    assert set(command.commands["fonts"].commands) == {"list", "add"}
    assert set(command.commands["cache"].commands) == {"show", "clear"}
    assert set(command.commands["wording"].commands) == {"list", "show"}


def test_a_fault_shows_control_and_direction_characters_instead_of_obeying_them():
    told = str(errors.Fault("schedule.csv, row 2", "is refused.", "Correct it.", "patient.name", "a\u202eb\x07"))
    assert "\u202e" not in told
    assert "\\u202e" in told
    assert "\\u0007" in told


def test_a_fault_says_where_what_and_what_to_do_in_one_line():
    told = str(errors.Fault("schedule.csv, row 14", "is no date.", "Write 2026-03-04.", "start", "soon"))
    assert told == 'schedule.csv, row 14, "start": "soon": is no date. Write 2026-03-04.'
