"""There is one path: remembering results, or making a packet in a process of its own, never changes a byte."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from approved import reviewed
from pseudo import LANGUAGES, pseudo_clinic

from handouts.cache import Cache
from handouts.clinic import load_clinic
from handouts.content.editions import Editions
from handouts.intake import read
from handouts.memory import forgetting
from handouts.packet import Options, PacketMaker
from handouts.typeset.style import PAPERS
from handouts.typeset.variant import STYLES

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"


def _hashes(packet):
    return {document.kind: document.sha256 for document in packet.documents}


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_remembering_gives_the_same_bytes_as_making_everything_anew(paper):
    clinic = load_clinic(reviewed().folder)
    found = read(EXAMPLES / "appointments.csv", clinic, clinic.clock)
    remembering = PacketMaker(Editions(clinic), Options(paper=paper))
    for _, appointment in found.appointments:
        anew = PacketMaker(Editions(load_clinic(reviewed().folder)), Options(paper=paper))
        assert _hashes(remembering(appointment, clinic.clock)) == _hashes(anew(appointment, clinic.clock))


def _all_made(step):
    """Every `step`-th of all examples in all looks and in both of the demo clinic's languages, as (appointment, options)."""
    clinic = load_clinic(reviewed().folder)
    found = read(EXAMPLES / "appointments.csv", clinic, clinic.clock).appointments
    options = [Options(style=style, language=language) for style in STYLES.values() for language in ("en", "es-US")]
    return [(appointment, each) for _, appointment in found for each in options][::step]


def _same_without_remembering(step):
    clinic = load_clinic(reviewed().folder)
    editions, makers = Editions(clinic), {}
    for appointment, options in _all_made(step):
        make = makers.setdefault(options, PacketMaker(editions, options))
        once = _hashes(make(appointment, clinic.clock))
        with forgetting():
            assert _hashes(make(appointment, clinic.clock)) == once, (appointment.id, options)


def test_editions_of_an_earlier_process_make_the_same_bytes(tmp_path):
    clinic = load_clinic(reviewed().folder)
    _, appointment = read(EXAMPLES / "appointments.csv", clinic, clinic.clock).appointments[0]
    made = [
        _hashes(PacketMaker(Editions(clinic, cache), Options(style=STYLES["bilingual"]))(appointment, clinic.clock))
        for cache in (Cache(None), Cache(tmp_path / "kept"), Cache(tmp_path / "kept"))
    ]
    assert made[0] == made[1] == made[2]


@pytest.fixture(scope="module")
def spoken(tmp_path_factory):
    """A maker's editions and one appointment, of a clinic that has every language."""
    clinic = pseudo_clinic(tmp_path_factory.mktemp("spoken") / "clinic")
    return Editions(clinic), read(EXAMPLES / "appointments.csv", clinic, clinic.clock).appointments[0][1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_made_before_changes_nothing_in_any_language(spoken, language):
    editions, appointment = spoken
    make = PacketMaker(editions, Options(language=language))
    patient = appointment.patient.model_copy(update={"family_name": "प्रिया", "given_name": "王伟"})
    other = appointment.model_copy(update={"patient": patient})
    first, _, again = [_hashes(make(each, editions.clinic.clock)) for each in (appointment, other, appointment)]
    assert first == again


def test_without_any_remembering_the_bytes_are_the_same():
    _same_without_remembering(11)


@pytest.mark.exhaustive
def test_without_any_remembering_the_bytes_of_every_example_are_the_same():
    _same_without_remembering(1)


def test_the_order_of_the_appointments_changes_nothing():
    clinic = load_clinic(reviewed().folder)
    found = read(EXAMPLES / "appointments.csv", clinic, clinic.clock).appointments
    first, second = PacketMaker(Editions(clinic), Options()), PacketMaker(Editions(clinic), Options())
    forwards = {a.id: _hashes(first(a, clinic.clock)) for _, a in found}
    backwards = {a.id: _hashes(second(a, clinic.clock)) for _, a in reversed(found)}
    assert forwards == backwards


@pytest.mark.parametrize("file", ["appointments.csv", "appointments.json"])
def test_other_machines_make_the_same_bytes(file, tmp_path):
    made = []
    for number, (seed, zone, locale) in enumerate((("0", "UTC", "C"), ("1", "Asia/Tokyo", "C.UTF-8"))):
        out = tmp_path / str(number)
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "HANDOUTS_CACHE": ""}
        command = [sys.executable, str(ROOT / "generate.py"), "packet", str(EXAMPLES / file), "-o", str(out)]
        subprocess.run(command, check=True, capture_output=True, env=environment, cwd=tmp_path)
        files = sorted(path for path in out.rglob("*") if path.is_file())
        made.append({str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files})
    assert made[0] == made[1]
    assert len(made[0]) == 16 * 5
