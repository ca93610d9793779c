"""How templates use blanks, facts and messages: what the syntax tree shows, and what the marks refuse when it does not."""

from __future__ import annotations

import pytest
from jinja2 import Environment
from workbench import made

from handouts.content.usage import faults_of_use, hidden_characters, message_faults, messages
from handouts.errors import TemplateError

ENVIRONMENT = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
ENVIRONMENT.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
MACRO = "{% macro line(who) %}{% if who %}{% endif %}{% endmacro %}"


def said(**files: str) -> list[str]:
    trees = {f"{name}.html": ENVIRONMENT.parse(text) for name, text in files.items()}
    return [str(fault) for fault in faults_of_use(trees, {"arrival"}, {"medicine"}, {"minor"})]


@pytest.mark.parametrize(
    "placed",
    [
        "{{ arrival }}",
        "{{ medicine.name }}",
        "{% trans x=arrival %}By {{ x }}.{% endtrans %}",
        "{% trans %}By {{ arrival }}.{% endtrans %}",
        "{% macro line(who) %}{{ who }}{% endmacro %}{{ line(arrival) }}",
        "{% macro row(item) %}{{ item.name }}{% endmacro %}{{ row(medicine) }}",
        "{% macro frame() %}{{ caller() }}{% endmacro %}{% call frame() %}{{ arrival }}{% endcall %}",
        "{% for x in clinic.bring %}{{ x }} {{ arrival }}{% endfor %}",
        "{% if clinic.students %}{{ arrival }}{% endif %}",
        "{% if clinic.a %}{% macro m() %}{{ arrival }}{% endmacro %}{{ m() }}{% endif %}",
    ],
)
def test_placing_a_blank_is_all_right(placed):
    assert said(document=placed) == []


@pytest.mark.parametrize(
    "used",
    [
        "{{ line(arrival) }}",
        "{{ line(who=arrival) }}",
        "{{ line(medicine.name) }}",
        "{% call line(arrival) %}{% endcall %}",
        "{% macro outer(x) %}{{ line(x) }}{% endmacro %}{{ outer(arrival) }}",
        "{% macro outer(x) %}{{ line(who=x) }}{% endmacro %}{% macro most(y) %}{{ outer(y) }}{% endmacro %}{{ most(arrival) }}",
        "{% for x in clinic.bring %}{{ line(arrival) }}{% endfor %}",
    ],
)
def test_a_blank_is_followed_into_the_macros_it_is_given_to(used):
    assert any('parts.html, line 1: the blank "who" is tested' in fault for fault in said(document=used, parts=MACRO))


def test_a_macro_that_tests_what_is_no_blank_is_all_right():
    assert said(document=MACRO + "{{ line(clinic.policy) }}") == []


def test_a_parameter_that_is_called_like_a_blank_is_not_taken_for_it():
    assert said(document="{% macro m(arrival) %}{% if arrival %}{% endif %}{% endmacro %}{{ m(clinic.policy) }}") == []


@pytest.mark.parametrize(
    "hidden",
    [
        "{% macro m(who=arrival) %}\n{{ clinic.policy if who }}{% endmacro %}{{ m() }}",
        "{% macro m() %}\n{{ varargs[0] == 'x' }}{% endmacro %}{{ m(arrival) }}",
        "{% macro m() %}\n{{ kwargs.who < 'x' }}{% endmacro %}{{ m(who=arrival) }}",
        "{% macro m() %}{{ caller(arrival) }}{% endmacro %}{% call(who) m() %}\n{{ who and clinic.policy }}{% endcall %}",
        "{% macro m() %}{{ caller(arrival) }}{% endmacro %}{% call(who) m() %}\n{{ who|length }}{% endcall %}",
        "{% macro m() %}{{ caller(arrival) }}{% endmacro %}{% call(who) m() %}\n{{ who[0] }}{% endcall %}",
        "{% macro m() %}{{ caller(arrival) }}{% endmacro %}{% call(who) m() %}\n{{ who + 'x' }}{% endcall %}",
        "{% macro m() %}{{ caller(arrival) }}{% endmacro %}{% call(who) m() %}\n{{ 'x' in who }}{% endcall %}",
        "{% macro m() %}{{ caller(arrival) }}{% endmacro %}{% call(who) m() %}\n{% for x in who %}{% endfor %}{% endcall %}",
        "{% macro m() %}{{ caller(arrival) }}{% endmacro %}{% call(who) m() %}\n{{ {'x': 'y'}[who] }}{% endcall %}",
    ],
)
def test_under_another_name_the_blank_itself_refuses(tmp_path, hidden):
    with pytest.raises(TemplateError, match=r'document\.html, line 3: the blank "arrival" is tested, compared'):
        made(tmp_path, hidden)


def test_a_blank_cut_up_under_another_name_is_found_in_what_is_printed(tmp_path):
    hidden = '{% macro m() %}<p from="P1">{{ caller()[:4] }}</p>{% endmacro %}{% call m() %}{{ arrival }}{% endcall %}'
    with pytest.raises(TemplateError, match=r"document\.html, line 2: a blank or an unset setting is cut in two"):
        made(tmp_path, hidden)


def test_a_fact_is_named_as_one_and_a_name_that_is_nothing_as_such():
    assert "the fact" in said(document="\n{{ minor }}")[0]
    assert "line 2" in said(document="\n{{ minor }}")[0]
    assert '"shoe_size" is no blank' in said(document="\n\n{{ shoe_size }}")[0]


def test_every_misuse_in_every_file_is_listed():
    found = said(one="{% if arrival %}{% endif %}\n{{ arrival|upper }}", two="words\n{{ minor }}")
    assert [fault.split(":")[0] for fault in found] == ["one.html, line 1", "one.html, line 2", "two.html, line 2", "two.html, line 1"]  # fmt: skip


def test_messages_come_with_their_line_and_without_the_space_of_the_source():
    tree = ENVIRONMENT.parse(
        '{% trans %}One.{% endtrans %}\n{% trans "answer" %}Two.{% endtrans %}{{ gettext("Three.") }}'
    )
    assert list(messages(tree)) == [(1, "One."), (2, "Two."), (2, "Three.")]


@pytest.mark.parametrize("digit", ["5", "٣", "३", "５", "²", "½", "Ⅳ"])
def test_a_digit_of_any_script_in_a_message_is_a_fault(digit):
    tree = ENVIRONMENT.parse(f"\n{{% trans %}}Wait {digit} hours.{{% endtrans %}}")
    (fault,) = message_faults("a.html", tree)
    assert fault.where == "a.html, line 2"
    assert f'the digit "{digit}"' in fault.problem


@pytest.mark.parametrize(
    "allowed", ["Come <strong>early</strong>.", 'See <a href="https://a.b">this</a>.', "Salt & pepper"]
)
def test_emphasis_and_links_may_stand_in_a_message(allowed):
    assert list(message_faults("a.html", ENVIRONMENT.parse(f"{{% trans %}}{allowed}{{% endtrans %}}"))) == []


def test_the_first_hidden_character_is_named_with_its_line():
    assert [str(fault) for fault in hidden_characters("a.html", "a\nb\ue123c\ue124")] == [
        "a.html, line 2: it holds a private-use character (U+E123). Take it out."
    ]
    assert list(hidden_characters("a.html", "tab\t line\r\n café – “é”")) == []


def test_two_ends_of_a_blank_put_together_are_no_blank(tmp_path):
    spliced = '<p from="P1">{{ caller()[:3] }}{{ caller()[-1:] }}</p>'
    hidden = f"{{% macro m() %}}{spliced}{{% endmacro %}}{{% call m() %}}{{{{ arrival }}}}{{% endcall %}}"
    with pytest.raises(TemplateError, match=r'document\.html, line 2: "ar" is no declared blank'):
        made(tmp_path, hidden)
