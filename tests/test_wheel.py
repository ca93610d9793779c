"""The wheel carries templates, locales, fonts and the demo clinic, and works far from the checkout."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        check=True,
        capture_output=True,
    )
    return next(folder.glob("*.whl"))


@pytest.mark.wheel
def test_the_wheel_carries_all_that_packets_need(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    for needed in (
        "handouts/templates/ketamine-infusion/procedure.toml",
        "handouts/templates/ketamine-infusion/consent.html",
        "handouts/locales/es-US/LC_MESSAGES/ketamine-infusion.po",
        "handouts/locales/es-US/LC_MESSAGES/handouts.po",
        "handouts/demo_clinic/clinic.toml",
        "handouts/typeset/faces/NotoSans-Regular.ttf",
        "handouts/typeset/faces/OFL-NotoSans.txt",
        "handouts/typeset/faces/faces.toml",
        "handouts/typeset/faces/NotoSansTC-Bold.ttf",
    ):
        assert needed in names
    assert wheel.stat().st_size < 60 * 2**20


@pytest.mark.wheel
def test_the_installed_wheel_makes_packets_outside_of_the_checkout(wheel, tmp_path):
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=True)
    scripts = environment / ("Scripts" if sys.platform == "win32" else "bin")
    subprocess.run([str(scripts / "pip"), "install", "-q", str(wheel)], check=True, capture_output=True)
    schedule = tmp_path / "schedule.csv"
    schedule.write_bytes((ROOT / "examples" / "appointments.csv").read_bytes())
    ran = subprocess.run(
        [str(scripts / "handouts"), "packet", str(schedule), "-o", str(tmp_path / "out")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert len(list((tmp_path / "out").rglob("*.pdf"))) == 16 * 4
    assert "demo clinic" in ran.stderr
