"""Calls veraPDF, the validator of PDF/A and PDF/UA: one Java for a whole folder of PDFs and a standard.

The program comes from Maven Central and is kept in .cache/verapdf. In CI (the variable CI is set) a machine without Java or Maven
fails; elsewhere the tests that need them are skipped, and say so.
"""

import os
import shutil
import subprocess
import warnings
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

VERSION = "1.28.2"
FLAVOURS = ("ua1", "2a")
_CACHE = Path(__file__).parents[2] / ".cache" / "verapdf"
_JAR = _CACHE / f"greenfield-apps-{VERSION}.jar"
_MAIN = "org.verapdf.apps.GreenfieldCliWrapper"


def failures(folder, flavours=FLAVOURS, password=None):
    """What fails in the PDFs of `folder`: (flavour, file, rule with its clause and what it says), none if all is well."""
    jar = _fetched()
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.pdf"))
    assert files, "no PDF to validate"
    command = ["java", "-cp", str(jar), _MAIN, "--format", "xml", "--maxfailuresdisplayed", "1", "-r"]
    command += ["--password", password] if password else []
    runs = []
    for flavour in flavours:
        report = folder / f"{flavour}.xml"
        with report.open("wb") as out:
            running = subprocess.Popen(
                [*command, "--flavour", flavour, str(folder)], stdout=out, stderr=subprocess.DEVNULL
            )
        runs.append((flavour, report, running))
    found = []
    for flavour, report, running in runs:
        running.wait()
        seen = []
        for job in ET.parse(report).getroot().iter("job"):  # the validator's own report
            file = Path(job.findtext("item/name")).relative_to(folder.resolve()).as_posix()
            seen.append(file)
            found += [(flavour, file, rule) for rule in _rules(job)]
        found += [(flavour, file, "was not validated") for file in files if file not in seen]
        report.unlink()
    return found


def _rules(job):
    result = job.find("validationReport")
    if result is None or result.get("jobEndStatus") != "normal":
        yield " ".join(text.strip() for text in job.itertext() if text.strip())
        return
    for rule in result.iter("rule"):
        if rule.get("status") == "failed":
            where = rule.findtext("check/context")
            yield f"{rule.get('clause')}-{rule.get('testNumber')}: {rule.findtext('description')} ({where})"
    if result.get("isCompliant") != "true" and not any(r.get("status") == "failed" for r in result.iter("rule")):
        yield "does not comply"


def _fetched():
    """The validator's file; skips the test without Java or Maven on a laptop."""
    missing = [] if shutil.which("java") else ["java"]
    if not _JAR.is_file():
        missing += [] if shutil.which("mvn") else ["mvn"]
        if not missing:
            artifact = f"-Dartifact=org.verapdf.apps:greenfield-apps:{VERSION}"
            fetched = subprocess.run(
                ["mvn", "-q", "dependency:copy", artifact, f"-DoutputDirectory={_CACHE}"],
                capture_output=True,
                text=True,
                check=False,
            )
            if not _JAR.is_file():
                missing.append(f"veraPDF {VERSION} from Maven Central:\n{fetched.stdout}{fetched.stderr}")
    if missing:
        said = f"PDFs WERE NOT VALIDATED against PDF/UA-1 and PDF/A-2a; missing: {', '.join(missing)}"
        if os.environ.get("CI"):
            pytest.fail(said)
        warnings.warn(said, stacklevel=3)
        pytest.skip(said)
    return _JAR
