"""Templates → messages in reading order, with all that a translator should know; and the catalogs' templates made of them."""

from __future__ import annotations

import re

import gnu_gettext
import pytest
from workbench import PROCEDURE, TITLE, small

from handouts import builtin
from handouts.content.messages import messages_of
from handouts.content.po import PLACE, read_po, written
from handouts.content.procedure import load_procedure
from handouts.errors import TemplateError
from handouts.translate.domains import EVERY_PAGE, Domain, built_in, of_clinic
from handouts.translate.extract import pot

NAMES = [domain.name for domain in built_in().domains]
WARNING = '<aside kind="warning" from="P1"><p>{% trans %}Stop here.{% endtrans %}</p></aside>'


def messages(folder, document, **others):
    return {message.source: message for message in messages_of(small(folder, TITLE + document, **others))}


def text_of(folder, document, **others):
    """The POT of a document below its title, without the head and the title."""
    found = messages_of(small(folder, TITLE + document, **others))
    return written(pot(Domain("small", found))).split("\n\n", 2)[2]


def paragraph(text):
    return f'<p from="P1">{text}</p>'


def trans(text):
    return f"{{% trans %}}{text}{{% endtrans %}}"


@pytest.mark.parametrize("name", NAMES)
def test_the_template_on_the_disk_is_what_the_documents_say(name):
    (domain,) = (each for each in built_in().domains if each.name == name)
    assert built_in().pot(name).read_text("utf-8") == written(pot(domain))


@pytest.mark.parametrize("name", NAMES)
def test_a_template_is_one_that_msgfmt_and_msginit_take(name, tmp_path):
    path = built_in().pot(name)
    gnu_gettext.run("msgfmt", "--check-format", "-o", tmp_path / "out.mo", path)
    begun = gnu_gettext.run("msginit", "--no-translator", "-l", "vi", "-i", path, "-o", "-")
    assert read_po(begun, name).standing.keys() == read_po(path.read_bytes(), name).standing.keys()


@pytest.mark.parametrize("name", NAMES)
def test_a_template_holds_no_date_and_no_line_numbers(name):
    text = built_in().pot(name).read_text("utf-8")
    assert not re.search(r"POT-Creation-Date|\b\d{4}-\d\d-\d\d", text)
    assert not re.search(r"^#: .*:\d", text, re.MULTILINE)


def test_every_sentence_of_ours_stands_in_a_document():
    assert [
        message.source for domain in built_in().domains for message in domain.messages if not message.documents
    ] == []


def test_every_place_of_ours_is_explained():
    for domain in built_in().domains:
        for message in domain.messages:
            assert set(PLACE.findall(message.source)) <= message.places.keys(), message.source


def test_messages_come_in_the_order_in_which_a_page_is_read(tmp_path):
    macro = f"{{% macro last() %}}{paragraph(trans('Third.'))}{{% endmacro %}}"
    document = (
        f"{macro}{paragraph(trans('First.'))}{paragraph(trans('Second.'))}{{{{ last() }}}}{paragraph(trans('Fourth.'))}"
    )
    assert list(messages(tmp_path, document)) == ["Getting ready", "First.", "Second.", "Third.", "Fourth."]


def test_a_message_is_told_with_its_comment_headings_places_and_file(tmp_path):
    document = f"""{{# L10N: The patient speaks. #}}
    {paragraph(trans("I am {{ patient_name }}."))}
    <h2 from="P2">{trans("Before you leave")}</h2>
    {paragraph(trans("I am {{ patient_name }}."))}"""
    assert (
        text_of(tmp_path, document)
        == """#. The patient speaks.
#. Stands in: document (“Getting ready”; “Before you leave”).
#. %(patient_name)s is a name, such as “Ana Díaz-López”.
#: small/document.html
#, python-format
msgid "I am %(patient_name)s."
msgstr ""

#. Stands in: document, as a heading.
#: small/document.html
msgid "Before you leave"
msgstr ""
"""
    )


def test_more_than_four_headings_are_counted(tmp_path):
    headings = [f'<h2 from="P2">{trans(f"Part {name}")}</h2>{paragraph(trans("Call us."))}' for name in "abcdef"]
    assert "(“Part a”; “Part b”; “Part c”; “Part d” and 2 more)" in text_of(tmp_path, "\n".join(headings))


def test_a_comment_is_of_the_next_message_alone(tmp_path):
    found = messages(tmp_path, f"{{# L10N: Mind the gap. #}}{paragraph(trans('One.'))}\n\n\n{paragraph(trans('Two.'))}")
    assert [found[each].comments for each in ("One.", "Two.")] == [["Mind the gap."], []]


def test_the_same_words_with_another_context_are_another_message(tmp_path):
    document = paragraph('{% trans "answer" %}Yes{% endtrans %}') + paragraph(trans("Yes"))
    keys = [message.key for message in messages_of(small(tmp_path, TITLE + document))]
    assert keys == [("", "Getting ready"), ("answer", "Yes"), ("", "Yes")]


@pytest.mark.parametrize(
    ("blank", "told"),
    [
        ("patient_name", "%(patient_name)s is a name, such as “Ana Díaz-López”."),
        ("arrival", "%(arrival)s is a date with its time, such as “Tuesday, March 3, 2026, 6:00 AM”."),
        ("escort", "%(escort)s is a text."),
    ],
)
def test_a_blank_is_explained_by_its_type(tmp_path, blank, told):
    assert told in text_of(tmp_path, paragraph(trans(f"Here: {{{{ {blank} }}}}.")))


def test_settings_lists_and_items_are_explained(tmp_path):
    document = (
        paragraph(
            "{% trans signs=listing(clinic.monitored_signs), all=100 %}They check {{ signs }} for {{ all }}.{% endtrans %}"
        )
        + paragraph("{% trans number=clinic.emergency_number %}Call {{ number }}.{% endtrans %}")
        + '<ul><li each="medicine in medicines" from="P1">'
        + "{% trans until=medicine.until %}Not after {{ until }}.{% endtrans %}</li></ul>"
    )
    text = text_of(tmp_path, document)
    assert "%(signs)s is a list of the clinic’s own (“What do staff watch during treatment?”)." in text
    assert "%(all)s is a number, such as “100”." in text
    assert "%(number)s is a short number to call, such as “911”." in text
    assert "%(until)s is a date with its time" in text


MACROS = f"{{% macro sign(who, when_=arrival) %}}{paragraph('{% trans %}{{ who }} at {{ when_ }}.{% endtrans %}')}{{% endmacro %}}"


@pytest.mark.parametrize(
    ("call", "parts"),
    [
        ("{% from 'parts.html' import sign with context %}{{ sign(patient_name) }}", {"parts": MACROS}),
        ("{% from 'parts.html' import sign as signed with context %}{{ signed(who=patient_name) }}", {"parts": MACROS}),
        ("{% import 'parts.html' as parts with context %}{{ parts.sign(patient_name) }}", {"parts": MACROS}),
        (
            "{% from 'outer.html' import outer with context %}{{ outer(patient_name) }}",
            {
                "parts": MACROS,
                "outer": "{% from 'parts.html' import sign with context %}{% macro outer(name) %}{{ sign(name) }}{% endmacro %}",
            },
        ),
        (f"{MACROS}{{{{ sign(patient_name) }}}}", {"other": "{% macro sign(who, when_) %}{{ who }}{% endmacro %}"}),
    ],
)
def test_a_macro_is_followed_from_where_it_is_called(tmp_path, call, parts):
    document = f'<h2 from="P2">{trans("Signatures")}</h2>{call}'
    message = messages(tmp_path, document, **parts)["%(who)s at %(when_)s."]
    assert message.standings == [("document", "Signatures")]
    assert message.places == {
        "who": ("a name", "Ana Díaz-López"),
        "when_": ("a date with its time", "Tuesday, March 3, 2026, 6:00 AM"),
    }
    assert message.critical


def test_the_body_of_a_call_stands_where_the_macro_puts_it(tmp_path):
    macro = '{% macro box() %}<aside kind="warning" from="P1"><p>{{ caller() }}</p></aside>{% endmacro %}'
    found = messages(tmp_path, f"{macro}{{% call box() %}}{trans('Stop.')}{{% endcall %}}{paragraph(trans('Go on.'))}")
    assert found["Stop."].critical
    assert not found["Go on."].critical
    assert found["Stop."].documents == ("document",)


def test_a_message_that_is_given_to_a_macro_stands_where_the_macro_puts_it(tmp_path):
    macro = '{% macro box(said) %}<aside kind="warning" from="P1"><p>{{ said }}</p></aside>{% endmacro %}'
    found = messages(tmp_path, f'{macro}{{{{ box(gettext("Stop.")) }}}}')
    assert found["Stop."].critical
    assert found["Stop."].documents == ("document",)


def test_a_file_that_is_included_is_read_where_it_stands(tmp_path):
    document = f'<h2 from="P2">{trans("Later")}</h2>{{% include "more.html" %}}{paragraph(trans("Last."))}'
    found = messages(tmp_path, document, more=WARNING)
    assert list(found) == ["Getting ready", "Later", "Stop here.", "Last."]
    assert found["Stop here."].standings == [("document", "Later")]
    assert found["Stop here."].critical
    assert not found["Last."].critical
    assert found["Stop here."].files == ["small/more.html"]


def test_what_no_document_uses_comes_last_and_stands_nowhere(tmp_path):
    found = messages(
        tmp_path, paragraph(trans("Here.")), unused=f"{{% macro lost() %}}{paragraph(trans('Lost.'))}{{% endmacro %}}"
    )
    assert list(found) == ["Getting ready", "Here.", "Lost."]
    assert found["Lost."].standings == []


@pytest.mark.parametrize(
    "tag",
    [
        '<aside kind="warning" from="P1">',
        "<aside from='P1' kind='warning'>",
        "<aside from=P1 kind=warning>",
        '<ASIDE KIND="warning" from="P1">',
        '<aside\n  from="P1"\n  kind="warning">',
        '<aside kind="{{ \'warning\' }}" from="P1">',
    ],
)
def test_what_stands_in_a_warning_is_critical(tmp_path, tag):
    found = messages(tmp_path, f"{tag}<p>{trans('Stop here.')}</p></aside>{paragraph(trans('Go on.'))}")
    assert found["Stop here."].needs_two
    assert "#. Critical: two people review it." in text_of(tmp_path, f"{tag}<p>{trans('Stop here.')}</p></aside>")
    assert not found["Go on."].needs_two


@pytest.mark.parametrize("kind", ["note", "staff"])
def test_what_stands_in_a_note_is_not_critical_for_that(tmp_path, kind):
    assert not messages(tmp_path, WARNING.replace("warning", kind))["Stop here."].needs_two


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (trans("Come by {{ arrival }}."), "Critical"),
        ("{% trans number=clinic.emergency_number %}Call {{ number }}.{% endtrans %}", "Critical"),
        ("{% trans number=clinic.crisis_line %}Call {{ number }}.{% endtrans %}", "Critical"),
        (trans("Do not come alone."), "It says that something is not so, or is not to be done"),
        (trans("You can’t drive."), "It says that something is not so, or is not to be done"),
    ],
)
def test_times_numbers_to_call_and_what_says_no_need_two_people(tmp_path, said, why):
    assert f"#. {why}: two people review it.\n" in text_of(tmp_path, paragraph(said))


def test_a_comment_can_make_a_sentence_critical(tmp_path):
    text = text_of(tmp_path, f"{{# L10N: Critical: a dose. #}}{paragraph(trans('Take it with water.'))}")
    assert "#. Critical: two people review it." in text


def test_sentences_that_are_the_same_in_two_documents_are_one_message(tmp_path):
    procedure = PROCEDURE.replace("[facts]", '[[documents]]\nkind = "second"\ntemplate = "second.html"\n\n[facts]', 1)
    procedure = procedure.replace('document = ["P1", "P2"]', 'document = ["P1", "P2"]\nsecond = ["P1", "P2"]')
    second = f'<h1 from="P1">{trans("Going home")}</h1>{paragraph(trans("Call us."))}'
    found = messages_of(small(tmp_path, TITLE + paragraph(trans("Call us.")), procedure, second=second))
    (message,) = (each for each in found if each.source == "Call us.")
    assert message.standings == [("document", "Getting ready"), ("second", "Going home")]
    assert message.documents == ("document", "second")
    assert message.files == ["small/document.html", "small/second.html"]


def test_a_template_that_breaks_a_rule_is_refused(tmp_path):
    with pytest.raises(TemplateError, match=r"document\.html, line 2"):
        messages(tmp_path, paragraph("Said outside of a message."))


def test_what_stands_on_every_page_is_told_as_that():
    (domain,) = (each for each in built_in().domains if each.name == "handouts")
    assert domain.documents == (EVERY_PAGE,)
    assert "#. Stands in: the head or foot of every page.\n" in written(pot(domain))


def test_a_clinics_procedure_is_a_domain_of_its_own(tmp_path):
    small(tmp_path, TITLE)
    (tmp_path / "clinic.toml").touch()
    assert [domain.name for domain in of_clinic(tmp_path).domains] == [
        *sorted([*_built_in_procedures(), "small"]),
        "handouts",
        "language-notice",
        "press",
        "clinic",
    ]


def _built_in_procedures():
    return [path.name for path in builtin.templates().iterdir() if path.is_dir() and load_procedure(path.name, None)]


def test_a_comment_that_tells_of_a_place_names_it_as_the_message_does(tmp_path):
    text = text_of(tmp_path, f"{{# L10N: {{escort}} and {{other}}. #}}{paragraph(trans('With {{ escort }}.'))}")
    assert text.startswith("#. %(escort)s and {other}.\n#. Stands in: document (“Getting ready”).\n#: ")


def test_a_text_is_called_as_its_blank_where_the_message_calls_it_otherwise(tmp_path):
    text = text_of(tmp_path, paragraph("{% trans who=escort %}With {{ who }}.{% endtrans %}"))
    assert "#. %(who)s is a text (escort).\n" in text
