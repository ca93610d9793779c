"""procedure.toml: what may be declared, what may not, and where its files come from."""

from __future__ import annotations

import pytest
from workbench import PROCEDURE, TITLE, small

from handouts.content.condition import Among
from handouts.content.procedure import load_procedure, procedures
from handouts.errors import TemplateError


def test_what_is_declared_is_there(tmp_path):
    procedure = small(tmp_path, TITLE)
    assert (procedure.id, procedure.version, procedure.kinds) == ("small", "1.0", ("document",))
    assert procedure.template("document") == "document.html"
    assert procedure.facts["minor"] == ("yes", "no", "unknown")
    assert procedure.blanks["arrival"] == "instant"
    assert procedure.blanks["medicine.until"] == "instant"
    assert list(procedure.source_ids()) == ["S1", "P1", "P2"]


def test_the_values_of_a_test_are_those_declared_for_the_fact_or_the_items_fact(tmp_path):
    procedure = small(tmp_path, TITLE)
    assert procedure.values_of(Among("visit", ("first",))) == ("first", "later")
    assert procedure.values_of(Among("medicine.rule", ("take",))) == ("take", "ask", "not_after")
    assert procedure.values_of(Among("medicine.colour", ("red",))) is None
    assert procedure.values_of(Among("age", ("old",))) is None
    assert procedure.values_of(Among("medicine.rule.x", ("take",))) is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id = "small"', 'id = "other"', 'its id is "other", its folder "small"'),
        ('id = "small"', 'id = "../small"', "id"),
        ('version = "1.0"', 'version = "new"', "version"),
        ('version = "1.0"', 'version = "1.0/../2"', "version"),
        ('kind = "document"', 'kind = "../document"', "documents.0.kind"),
        ('kind = "document"', 'kind = "Document"', "documents.0.kind"),
        ('template = "document.html"', 'template = "../document.html"', "documents.0.template"),
        ('template = "document.html"', 'template = "document.html.txt"', "documents.0.template"),
        ('arrival = "instant"', 'arrival = "moment"', "blanks.arrival"),
        ('minor = ["yes", "no", "unknown"]', "minor = []", 'fact "minor" needs at least one value'),
        ('minor = ["yes", "no", "unknown"]', 'minor = ["yes", "yes"]', 'fact "minor" needs at least one value'),
        ('minor = ["yes", "no", "unknown"]', "minor = [1]", "facts.minor"),
        ('use = "use"', 'use = "never"', "statements.S1.use"),
        ('item = "medicine"', "", "lists.medicines.item"),
        ("[statements]", "[unknown_table]\n[statements]", "unknown_table"),
        ("[facts]", "[facts", "it is not TOML"),
        ("[[documents]]\n", "[[others]]\n", "documents"),
    ],
)
def test_what_is_declared_wrongly_is_a_fault_that_names_it(tmp_path, old, new, said):
    assert old in PROCEDURE
    with pytest.raises(TemplateError, match=r"small/procedure\.toml") as caught:
        small(tmp_path, TITLE, PROCEDURE.replace(old, new, 1))
    assert said in str(caught.value)


def test_every_wrong_declaration_is_named_at_once(tmp_path):
    wrong = PROCEDURE.replace('arrival = "instant"', 'arrival = "moment"').replace('version = "1.0"', 'version = "x"')
    with pytest.raises(TemplateError) as caught:
        small(tmp_path, TITLE, wrong)
    assert [fault.field for fault in caught.value.faults] == ["version", "blanks.arrival"]


def test_bytes_that_are_no_utf_8_are_a_fault(tmp_path):
    small(tmp_path, TITLE)
    (tmp_path / "templates" / "small" / "procedure.toml").write_bytes(b'id = "caf\xe9"')
    with pytest.raises(TemplateError, match="it is not TOML"):
        load_procedure("small", tmp_path)


def test_a_procedure_that_is_not_there_is_named_with_those_that_are(tmp_path):
    small(tmp_path, TITLE)
    with pytest.raises(TemplateError, match=r'no procedure "nothing".*ketamine-infusion, small'):
        load_procedure("nothing", tmp_path)
    with pytest.raises(TemplateError, match="no procedure"):
        load_procedure("../templates", tmp_path)


def test_a_clinic_has_its_own_procedures_beside_the_built_in(tmp_path):
    small(tmp_path, TITLE)
    assert procedures(tmp_path) == ("ketamine-infusion", "small")
    assert procedures(None) == ("ketamine-infusion",)


def test_a_clinics_folder_of_a_built_in_procedure_stands_before_it(tmp_path):
    own = tmp_path / "templates" / "ketamine-infusion"
    own.mkdir(parents=True)
    procedure = load_procedure("ketamine-infusion", tmp_path)
    assert procedure.folders[0] == own
    assert len(procedure.folders) == 2
