"""The documents for people say what the program does: every command, option and exit code, and commands that run."""

import re
from pathlib import Path

import pytest
import typer

from handouts.cli.app import app
from handouts.errors import ExitCode

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "docs/architecture.md",
    "docs/press.md",
    "docs/signing.md",
    "docs/translators.md",
)


def _commands():
    root = typer.main.get_command(app())
    for name, command in root.commands.items():
        if hasattr(command, "commands"):
            for inner, leaf in command.commands.items():
                yield f"{name} {inner}", leaf
        else:
            yield name, command


@pytest.mark.parametrize(
    ("name", "command"), list(_commands()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_command_and_option_is_in_the_readme(name, command):
    assert f"`{name}" in README
    row = next(line for line in README.splitlines() if line.startswith(f"| `{name}"))
    shared = {"--help", "--clinic", "--json", "--procedure", "--now"}
    for parameter in command.params:
        for option in parameter.opts:
            if option.startswith("--") and option not in shared and option != "--out":
                assert option in row, f"{option} of {name}"


@pytest.mark.parametrize("code", list(ExitCode))
def test_every_exit_code_is_in_the_readme(code):
    assert re.search(rf"\b{code.value} [a-z]", README)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_of_the_documents_lead_somewhere(document):
    text = (ROOT / document).read_text("utf-8")
    found = re.findall(r"\]\(([^)#]+)\)", text) + re.findall(r'src="([^"]+)"', text)
    for link in found:
        if not link.startswith("http"):
            assert (ROOT / document).parent.joinpath(link).exists(), f"{document}: {link}"


def test_every_module_of_content_is_in_the_architecture():
    text = (ROOT / "docs/architecture.md").read_text("utf-8")
    for module in (ROOT / "handouts" / "content").glob("*.py"):
        if module.stem != "__init__":
            assert re.search(rf"\b{module.stem}\b", text), module.stem


def test_no_file_of_code_is_longer_than_can_be_held_in_the_head():
    for module in (ROOT / "handouts").rglob("*.py"):
        assert len(module.read_text("utf-8").splitlines()) <= 410, module
