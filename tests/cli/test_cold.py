"""A process of one packet loads what that packet needs, and little else: most of a short run is loading."""

import io
import subprocess
import sys

import pytest
from rich.console import Console
from rich.table import Table
from rich.text import Text

from handouts.cli.app import COMMANDS, app
from handouts.cli.say import say, say_table

SELDOM = {
    "another command's": ("handouts.check", "handouts.doctor", "handouts.new_clinic", "handouts.trial"),
    "for making editions": ("jinja2", "allpairspy", "babel.messages.pofile", "handouts.content.template"),
    "for making plates": ("PIL", "reportlab", "fontTools.ttLib", "handouts.pdf.making", "handouts.pdf.tags"),
    "for other results": ("handouts.content.show", "handouts.pdf.print_file"),
    "for terminals": ("rich.console", "rich.progress"),
}
LOADED = (
    "import sys; from handouts.cli.app import main\ntry: main()\nfinally: print(*sorted(sys.modules), file=sys.stderr)"
)


@pytest.fixture
def one(tmp_path, examples):
    """The first appointment of the examples, which is in Spanish."""
    lines = (examples / "appointments.csv").read_text("utf-8").splitlines(keepends=True)
    path = tmp_path / "one.csv"
    path.write_text("".join(lines[:2]), "utf-8")
    return path


def test_what_is_seldom_needed_is_not_loaded(one, examples, tmp_path, monkeypatch):
    monkeypatch.setenv("HANDOUTS_CACHE", str(tmp_path / "kept"))
    monkeypatch.setenv("PYTHONPATH", str(examples.parent))
    command = [sys.executable, "-c", LOADED, "packet", str(one), "--clinic", str(examples / "clinic")]
    for _ in range(2):
        ran = subprocess.run([*command, "-o", str(tmp_path / "out")], capture_output=True, text=True, check=True)
    loaded = set(ran.stderr.splitlines()[-1].split())
    assert "handouts.packet" in loaded
    assert {why: sorted(loaded.intersection(names)) for why, names in SELDOM.items()} == {why: [] for why in SELDOM}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_alone_is_the_one_among_all(name):
    def told(names):
        made = io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stdout", made)
            app(names)([name, "--help"], standalone_mode=False)
        return made.getvalue()

    assert told([name]) == told(COMMANDS)
    assert f"{name} [OPTIONS]" in told([name])


@pytest.mark.parametrize("long", [0, 90, 300])
def test_a_table_in_a_pipe_is_the_one_of_a_terminal_of_that_width(long, capsys):
    heads, rows = (
        ("what", "", "where"),
        [("a", "b" * long, "/home/x"), ("longer name", "c", "here it is"), ("", "", "")],
    )
    say_table(heads, rows)
    table = Table(box=None, pad_edge=False)
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    expected = io.StringIO()
    Console(file=expected, width=200).print(table)
    assert capsys.readouterr().out == expected.getvalue()


def test_a_table_keeps_its_columns_where_letters_are_wide(capsys):
    say_table(("name", "what"), [("中文", "x"), ("ab", "y")])
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == ["name  what", "中文  x", "ab    y"]


def test_a_line_is_shown_as_it_is(capsys):
    say("[bold]row 1[/bold] :smile: {x}", "red")
    assert capsys.readouterr().err == "[bold]row 1[/bold] :smile: {x}\n"


def test_colours_are_for_terminals_and_for_who_asks(capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    say("[row] :smile:", "red")
    told = capsys.readouterr().err
    assert "[row] :smile:" in told
    assert told != "[row] :smile:\n"
