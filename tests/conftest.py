"""The demo clinic, read once, and appointments, cases and clinics that differ from a sound one in what a test names."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache

import pytest
from approved import reviewed
from hypothesis import settings
from sound import LEFT_OUT, changed

from handouts.appointment import Appointment, Premises
from handouts.clinic import Clinic
from handouts.content.case import Case
from handouts.content.editions import Editions
from handouts.content.procedure import Procedure, load_procedure
from handouts.intake.rows import premises
from handouts.settings.values import Setting

# No example fails for being slow. Before a change lands the examples are the same at every run; elsewhere each run tries new ones.
settings.register_profile("here", deadline=None)
settings.register_profile("landing", deadline=None, derandomize=True)
settings.load_profile("landing" if os.environ.get("CI") else "here")


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What commands keep between runs is kept for this run of the tests alone."""
    os.environ["HANDOUTS_CACHE"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def clinic() -> Clinic:
    """The demo clinic with its Spanish reviewed, so that a patient who reads Spanish has it."""
    return reviewed()


@pytest.fixture(scope="session")
def now(clinic) -> datetime:
    return clinic.clock


@pytest.fixture(scope="session")
def procedure() -> Procedure:
    return load_procedure("ketamine-infusion", None)


@pytest.fixture(scope="session")
def editions(clinic) -> Editions:
    return Editions(clinic)


@pytest.fixture(scope="session")
def appointment(clinic, now) -> Callable[..., Appointment]:
    """Makes the appointment of SOUND with changes at dotted paths, checked as a schedule's are."""

    @cache
    def here(clinic: Clinic, at: datetime) -> Premises:
        return premises(clinic, at)

    def made(
        changes: Mapping[str, object] | None = None, /, *, at: datetime = now, of: Clinic = clinic, **more: object
    ) -> Appointment:
        return Appointment.model_validate(changed({**(changes or {}), **more}), context=here(of, at))

    return made


@pytest.fixture(scope="session")
def clinic_with(clinic) -> Callable[..., Clinic]:
    """The demo clinic with settings of other values, or (LEFT_OUT) without them."""

    def made(settings: Mapping[str, object] | None = None, /, **more: object) -> Clinic:
        wanted = {**(settings or {}), **more}
        kept = {key: setting for key, setting in clinic.settings.items() if wanted.get(key) is not LEFT_OUT}
        own = {key: Setting(key, value) for key, value in wanted.items() if value is not LEFT_OUT}
        return clinic.model_copy(update={"settings": {**kept, **own}, "sha256": repr(sorted(map(str, wanted.items())))})

    return made


@pytest.fixture(scope="session")
def case(appointment, clinic_with, now) -> Callable[..., Case]:
    """Makes a case: changes of the appointment, the clinic's settings, another now, no edition in the patient's language."""

    def made(
        changes: Mapping[str, object] | None = None,
        /,
        *,
        settings: Mapping[str, object] | None = None,
        at: datetime | str = now,
        own_language: bool = True,
    ) -> Case:
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        return Case(appointment(changes), clinic_with(settings), moment, own_language)

    return made
