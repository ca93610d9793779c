"""Templates: every case in tests/data/templates, and templates that nobody would write."""

from __future__ import annotations

import contextlib
import os
import string
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workbench import DATA, SETTINGS, TITLE, made, small

from handouts.content.blocks import Block, Edition, Group, Unset
from handouts.content.catalog import Catalog, source_catalog
from handouts.content.template import edition
from handouts.errors import TemplateError

VALID = sorted((DATA / "templates" / "valid").iterdir())
INVALID = sorted((DATA / "templates" / "invalid").iterdir())
MESSAGE = "{% trans %}Come early.{% endtrans %}"
QUICK = 5.0  # seconds; a template that runs away is stopped long before

RUNAWAYS = {
    "macros that call the last one twice": "{% macro m0() %}.{% endmacro %}"
    + "".join(f"{{% macro m{n}() %}}{{{{ m{n - 1}() }}}}{{{{ m{n - 1}() }}}}{{% endmacro %}}" for n in range(1, 40))
    + "{{ m39() }}",
    "a text made of itself twice": "{% set a %}..........{% endset %}"
    + "{% set a %}{{ a }}{{ a }}{% endset %}" * 40
    + "{{ a }}",
    "a text joined to itself": "{% set a = '.' %}" + "{% set a = a ~ a %}" * 40,
    "an argument joined to itself": "{% macro m0(x) %}{{ x }}{% endmacro %}"
    + "".join(f"{{% macro m{n}(x) %}}{{{{ m{n - 1}(x ~ x) }}}}{{% endmacro %}}" for n in range(1, 40))
    + "{{ m39('.') }}",
    "a list added to itself": "{% set a = ['.'] %}" + "{% set a = a + a %}" * 40,
    "pages and pages": "{% macro m() %}<p>" + "." * 5000 + "</p>{% endmacro %}" + "{{ m() }}" * 500,
    "text without end": "{% for a in clinic.bring %}{% for b in clinic.bring %}" + "." * 400_000 + "{% endfor %}" * 2,
    "a number without end": "{{ " + "9" * 5000 + " }}",
    "parentheses without end": "{{ " + "(" * 2000 + "1" + ")" * 2000 + " }}",
    "sections without end": "<section>" * 3000,
    "macros within macros": "{% macro m() %}" * 300 + "{% endmacro %}" * 300,
    "conditions within conditions": "{% if clinic.x %}" * 300 + "{% endif %}" * 300,
    "a module that is not there": "{% import 'x' * 1000000000 as y %}",
}  # fmt: skip


def refusal(folder: Path, document: str | bytes, **others: str) -> str:
    with pytest.raises(TemplateError) as caught:
        made(folder, document, **others)
    return str(caught.value)


def case(folder: Path, clinic: Path) -> Edition:
    others = {path.stem: path.read_text("utf-8") for path in folder.glob("*.html") if path.name != "document.html"}
    procedure = small(clinic, (folder / "document.html").read_bytes(), **others)
    return edition(procedure, "document", SETTINGS, source_catalog())


def listed(block: Block) -> str:
    head = f"{block.place}: {block.role} {block.kind}".rstrip() + f" [{' '.join(block.rests_on)}]"
    head += f" each {block.each}" if block.each else ""
    head += f" when {block.condition}" if str(block.condition) else ""
    return f"{head}\n{block.canonical}\n\n"


def test_there_are_valid_and_invalid_templates():
    assert len(VALID) >= 5
    assert len(INVALID) >= 200


@pytest.mark.parametrize("folder", VALID, ids=lambda folder: folder.name)
def test_a_valid_template_becomes_the_blocks_that_are_written_down(folder, tmp_path):
    assert "".join(map(listed, case(folder, tmp_path).blocks)) == (folder / "blocks.txt").read_text("utf-8")


@pytest.mark.parametrize("folder", INVALID, ids=lambda folder: folder.name)
def test_an_invalid_template_is_refused_with_file_line_and_reason(folder, tmp_path):
    started = time.monotonic()
    with pytest.raises(TemplateError) as caught:
        case(folder, tmp_path)
    found = [f"{fault.where}: {fault.problem}" for fault in caught.value.faults]
    assert found == (folder / "faults.txt").read_text("utf-8").splitlines()
    assert all(", line " in fault.where for fault in caught.value.faults)
    assert time.monotonic() - started < QUICK


@pytest.mark.parametrize("document", RUNAWAYS.values(), ids=RUNAWAYS.keys())
def test_a_template_that_runs_away_is_stopped_soon(document, tmp_path):
    started = time.monotonic()
    assert "document.html" in refusal(tmp_path, document)
    assert time.monotonic() - started < QUICK


def test_every_fault_of_every_file_is_said_at_once(tmp_path):
    said = refusal(
        tmp_path, "<p>words</p>\n{{ shoe_size }}\n", parts="{% if patient_name %}{% endif %}", more="{% if %}"
    )
    for place in ("document.html, line 2", "document.html, line 3", "parts.html, line 1", "more.html, line 1"):
        assert place in said


def test_bytes_that_are_no_utf_8_are_a_fault(tmp_path):
    assert "cannot be read" in refusal(tmp_path, b"<p>caf\xe9</p>")


def test_only_the_procedures_own_html_files_can_be_included(tmp_path):
    (tmp_path / "secret.html").write_text("<p from='P1'>secret</p>")
    for name in ("../../secret.html", str(tmp_path / "secret.html"), "procedure.toml", "small/x"):
        assert "there is no" in refusal(tmp_path, f'{{% include "{name}" %}}')


def test_a_clinics_file_stands_over_another_file_by_file(tmp_path):
    built_in, own = tmp_path / "built-in", tmp_path / "own"
    small(built_in, TITLE + '{% include "parts.html" %}', parts=f'<p from="P1">{MESSAGE}</p>')
    procedure = small(own, TITLE)
    (own / "templates" / "small" / "document.html").unlink()
    (own / "templates" / "small" / "parts.html").write_text('<p from="P1">{% trans %}Come late.{% endtrans %}</p>')
    object.__setattr__(procedure, "folders", (own / "templates" / "small", built_in / "templates" / "small"))
    assert [block.canonical for block in edition(procedure, "document", {}, source_catalog()).blocks] == [
        "h1: Getting ready",
        "p: Come late.",
    ]


def test_a_template_that_has_changed_is_read_anew(tmp_path):
    for words in ("Come early.", "Come late.", "Come early."):
        said = made(tmp_path, f'<p from="P1">{{% trans %}}{words}{{% endtrans %}}</p>').blocks[1].canonical
        assert said == f"p: {words}"


def test_a_setting_cannot_pass_for_markup_or_for_a_blank(tmp_path):
    procedure = small(tmp_path, TITLE + '<p from="P1">{{ clinic.policy }}</p>')
    block = edition(procedure, "document", {"policy": "<script>&amp;</script>"}, source_catalog()).blocks[1]
    assert block.canonical == r"p: \<script\>&amp;\</script\>"
    assert block.blanks == ()
    with pytest.raises(TemplateError, match=r"document.html, line 2: .*private-use"):
        edition(procedure, "document", {"policy": "\ue000patient_name\ue001"}, source_catalog())


def test_a_setting_in_a_message_cannot_pass_for_markup_or_for_a_blank(tmp_path):
    procedure = small(tmp_path, TITLE + '<p from="P1">{% trans x=clinic.policy %}We say {{ x }}.{% endtrans %}</p>')
    block = edition(procedure, "document", {"policy": "<p>50%"}, source_catalog()).blocks[1]
    assert block.canonical == r"p: We say \<p\>50%."
    with pytest.raises(TemplateError, match=r"document.html, line 2: .*private-use"):
        edition(procedure, "document", {"policy": "\ue000patient_name\ue001"}, source_catalog())


def test_a_message_in_a_loop_takes_texts_and_blanks(tmp_path):
    looped = (
        '{% for x in clinic.bring %}<p from="P1">{% trans y=arrival %}{{ x }} by {{ y }}{% endtrans %}</p>{% endfor %}'
    )
    assert [block.canonical for block in made(tmp_path, looped).blocks[1:]] == [
        f"p: {thing} by {{arrival}}" for thing in SETTINGS["bring"]
    ]


def test_an_unset_setting_stands_as_such_and_is_false_and_empty(tmp_path):
    document = (
        '<p from="P1">{{ clinic.cost_statement }}</p>{% if clinic.cost_statement or clinic.risk_list.b %}<p>{{ x }}</p>{% endif %}'
        "{% for each in clinic.cost_statement %}{{ each }}{% endfor %}"
    ).replace("<p>{{ x }}</p>", f'<p from="P1">{MESSAGE}</p>')
    assert list(made(tmp_path, document).blocks[1].runs) == [Unset("cost_statement")]
    assert len(made(tmp_path, document).blocks) == 2


def test_a_setting_that_no_clinic_can_set_is_a_fault_and_not_silently_false(tmp_path):
    document = f'{{% if clinic.cost_statment %}}<p from="P1">{MESSAGE}</p>{{% endif %}}'
    with pytest.raises(TemplateError, match='no setting is called "cost_statment"'):
        made(tmp_path, document)


def test_messages_that_the_catalog_lacks_are_all_told_of(tmp_path):
    document = (
        '<p from="P1">{% trans %}One.{% endtrans %}</p><p from="P1">{% trans "answer" %}Two.{% endtrans %}</p>'
        '<p from="P1">{% trans %}Three.{% endtrans %}</p><p from="P1">{% trans %}One.{% endtrans %}</p>'
    )
    catalog = Catalog(
        "es-US",
        {("", "Getting ready"): "Prepararse", ("", "Two."): "Dos."},
    )
    edition = made(tmp_path, document, catalog)
    assert edition.untranslated == (("", "One."), ("answer", "Two."), ("", "Three."))
    assert [block.unreviewed for block in edition.blocks] == [
        (),
        (("", "One."),),
        (("answer", "Two."),),
        (("", "Three."),),
        (("", "One."),),
    ]


def test_a_block_knows_of_its_messages_that_nobody_has_reviewed(tmp_path):
    document = (
        '<p from="P1">{% trans %}One.{% endtrans %} {% trans %}Two.{% endtrans %}</p>'
        '<p from="P1"><field kind="text" name="x" label="{% trans %}Two.{% endtrans %}"></p>'
        '<p from="P1">{% trans %}One.{% endtrans %}</p>'
    )
    said = {("", "Getting ready"): "Prepararse", ("", "One."): "Uno.", ("", "Two."): "Dos."}
    edition = made(tmp_path, document, Catalog("es-US", said, unreviewed=(("", "Two."),)))
    assert edition.untranslated == ()
    assert [block.unreviewed for block in edition.blocks] == [(), (("", "Two."),), (("", "Two."),), ()]
    assert [block.canonical for block in edition.blocks][1:3] == ["p: Uno. Dos.", "fields: [text x: Dos.]"]


def test_a_translated_edition_has_the_same_blocks_in_its_language(tmp_path):
    document = '<p from="P1">{% trans until=arrival %}Come <strong>by</strong> {{ until }}.{% endtrans %}</p>'
    spanish = {
        ("", "Getting ready"): "Prepararse",
        ("", "Come <strong>by</strong> %(until)s."): "%(until)s: <strong>ven</strong>.",
    }
    translated = made(tmp_path, document, Catalog("es-US", spanish))
    assert translated.title == "Prepararse"
    assert [block.canonical for block in translated.blocks] == ["h1: Prepararse", "p: {arrival}: *ven*."]
    assert {block.language for block in translated.blocks} == {"es-US"}
    assert translated.sha256 != made(tmp_path, document).sha256


def test_a_list_is_joined_in_the_language(tmp_path):
    document = '<p from="P1">{{ listing(clinic.bring) }}</p>'
    spanish = Catalog("es-US", {("", "Getting ready"): "Prepararse"})
    assert "glasses, and a" in made(tmp_path, document).blocks[1].canonical
    assert "glasses y a" in made(tmp_path, document, spanish).blocks[1].canonical


def test_lines_and_the_seed_of_hashes_change_no_hash(tmp_path):
    program = (
        "import sys; from pathlib import Path; from workbench import *\n"
        "folder = DATA / 'templates' / 'valid' / 'everything'\n"
        "e = edition(small(Path(sys.argv[1]), folder.joinpath('document.html').read_text('utf-8')), 'document', SETTINGS, source_catalog())\n"
        "from handouts.content.wording import *\n"
        "p = load_procedure('small', Path(sys.argv[1])); w = Wordings(e, p)\n"
        "print(e.sha256, *(b.sha256 for b in e.blocks), *(w(f, i).sha256 for f, i in pairwise(p, e)))\n"
    )
    path = os.pathsep.join((str(Path(__file__).parent), *sys.path))
    said = {
        subprocess.run(
            [sys.executable, "-c", program, str(tmp_path)],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(said) == 1
    document = f'<p from="P1">{MESSAGE}</p>'
    assert made(tmp_path, document).sha256 == made(tmp_path, f"\n\n{{# a note #}}\n{document}\n").sha256


def test_the_order_in_which_settings_are_given_changes_no_hash(tmp_path):
    procedure = small(tmp_path, TITLE + '<p from="P1">{{ clinic.policy }} {{ clinic.benefit.crps }}</p>')
    turned = dict(reversed(SETTINGS.items()))
    assert (
        edition(procedure, "document", turned, source_catalog()).sha256
        == edition(procedure, "document", SETTINGS, source_catalog()).sha256
    )


WORDS = st.lists(st.sampled_from(("come", "early", "with", "an", "adult", "now")), min_size=1, max_size=4).map(" ".join)
CONDITIONS = st.sampled_from(
    ("", " when=\"minor == 'yes'\"", " when=\"visit != 'first' or minor in ['no', 'unknown']\"")
)


def trans(words: str) -> str:
    return f"{{% trans %}}{words}{{% endtrans %}}"


def leaf(tag: str) -> st.SearchStrategy[tuple[str, list[str]]]:
    return st.tuples(WORDS, CONDITIONS).map(
        lambda t: (f'<{tag} from="P1"{t[1]}>\n {trans(t[0])}\n</{tag}>\n', [f"{tag}: {t[0]}"])
    )


def around(tag: str, inner, attributes: str = "") -> st.SearchStrategy[tuple[str, list[str]]]:
    return st.tuples(st.lists(inner, min_size=1, max_size=4), CONDITIONS).map(
        lambda t: (
            f"<{tag}{attributes}{t[1]}>\n{''.join(source for source, _ in t[0])}</{tag}>\n",
            [line for _, lines in t[0] for line in lines],
        )
    )


ROW = st.tuples(WORDS, WORDS).map(
    lambda t: (
        f'<tr from="P1"><th scope="row">{trans(t[0])}</th><td>{trans(t[1])}</td></tr>\n',
        [f"th row: {t[0]}\ntd: {t[1]}"],
    )
)
CALLOUT = st.tuples(WORDS, WORDS, CONDITIONS).map(
    lambda t: (
        f'<aside kind="note" from="P1"{t[2]}><p>{trans(t[0])}</p><ul><li>{trans(t[1])}</li></ul></aside>\n',
        [f"p: {t[0]}\nli: {t[1]}"],
    )
)
SIMPLE = (
    leaf("p") | leaf("h2") | leaf("h3") | around("ul", leaf("li")) | around("ol", leaf("li"))
    | around("table", ROW, ' widths="30 70"') | CALLOUT
)  # fmt: skip
NESTED = st.recursive(SIMPLE, lambda inner: around("section", inner), max_leaves=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(NESTED, max_size=4))
def test_blocks_come_in_the_order_of_the_template_however_it_is_nested(tmp_path, parts):
    source, expected = "".join(source for source, _ in parts), [line for _, lines in parts for line in lines]
    found = made(tmp_path, source)
    assert [block.canonical for block in found.blocks[1:]] == expected
    assert sorted(number(block) for block in found.blocks) == [number(block) for block in found.blocks]
    assert all(isinstance(node, Block | Group) for node in found.root.children)


def number(block: Block) -> int:
    return int(block.place.rpartition(" ")[2])


PIECES = st.sampled_from(
    (
        *(
            "<p>",
            '<p from="P1">',
            "</p>",
            "<section>",
            "</section>",
            "<ul>",
            "<li>",
            "</li>",
            "<table widths=",
            "<tr>",
            "<td>",
        ),
        *("{{", "}}", "{%", "%}", "{#", "#}", "{{ arrival }}", "{{ clinic.policy }}", "{% trans %}", "{% endtrans %}"),
        *("{% if clinic.students %}", "{% else %}", "{% endif %}", "{% for x in clinic.bring %}", "{% endfor %}"),
        *("{% macro m(x) %}", "{% endmacro %}", "{{ m(arrival) }}", "{% set x = 1 %}", "{% raw %}", "{% endraw %}"),
        *("{% block b %}", "{% endblock %}", "{% call m() %}", "{% endcall %}", '{% extends "document.html" %}'),
        *(
            "|",
            "upper",
            "(",
            ")",
            "'",
            '"',
            "<",
            ">",
            "&",
            "&amp;",
            "<!--",
            "-->",
            "<![CDATA[",
            "<?",
            "\0",
            "\ue000",
            "\ue001",
        ),
        *(' when="', ' each="', ' at="', " x=", "minor == 'yes'", "%", "%(x)s", "-", "~", "*", "9", "é", "words", "\n"),
    )
)
JUNK = (
    st.binary(max_size=200)
    | st.lists(PIECES, max_size=25).map(lambda pieces: " ".join(pieces).encode())
    | st.lists(PIECES, max_size=25).map(lambda pieces: "".join(pieces).encode())
    | st.text(string.printable, max_size=100).map(str.encode)
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(JUNK)
def test_whatever_a_template_holds_it_becomes_an_edition_or_a_template_error(tmp_path, junk):
    for document in (junk, TITLE.encode() + junk):
        try:
            made(tmp_path, document)
            faults = ()
        except TemplateError as trouble:
            faults = trouble.faults
        assert all("document.html" in fault.where for fault in faults)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([path / "document.html" for path in VALID]), st.data())
def test_a_template_with_one_stretch_cut_out_becomes_an_edition_or_a_template_error(tmp_path, path, data):
    source = path.read_text("utf-8")
    start = data.draw(st.integers(0, len(source)))
    end = data.draw(st.integers(start, min(len(source), start + 40)))
    others = {other.stem: other.read_text("utf-8") for other in path.parent.glob("*.html") if other != path}
    with contextlib.suppress(TemplateError):
        edition(small(tmp_path, source[:start] + source[end:], **others), "document", SETTINGS, source_catalog())
