"""Every setting of clinic.toml, in the order in which a clinic fills it in."""

from __future__ import annotations

from collections.abc import Mapping

from handouts.settings.before import BEFORE_SETTINGS
from handouts.settings.consent import CONSENT_SETTINGS
from handouts.settings.definition import Definition
from handouts.settings.visit import VISIT_SETTINGS

SETTINGS: Mapping[str, Definition] = {
    definition.name: definition for definition in (*BEFORE_SETTINGS, *VISIT_SETTINGS, *CONSENT_SETTINGS)
}
