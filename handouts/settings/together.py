"""What is wrong between settings that are right one by one."""

from __future__ import annotations

from collections.abc import Mapping

from handouts.settings.reading import Reading
from handouts.settings.values import Setting

_NOT_ABOVE = (
    ("fast_clear_liquid_h", "fast_light_meal_h"),
    ("fast_light_meal_h", "fast_fatty_meal_h"),
    ("fast_clear_liquid_h", "fast_fatty_meal_h"),
    ("series_total", "series_max"),
)
_BELOW = (("bp_hold_diastolic", "bp_hold_systolic"), ("assent_min_age", "age_of_majority"))


def check_together(reading: Reading, settings: Mapping[str, Setting]) -> None:
    """Note settings that contradict each other: order, ages, the language to fall back on."""
    values = {key: setting.value for key, setting in settings.items()}
    for low, high in _NOT_ABOVE:
        if low in values and high in values and values[low] > values[high]:
            reading.fault(low, f"is more than {high} ({values[high]:g}).", "Correct one of them.", f"{values[low]:g}")
    for low, high in _BELOW:
        if low in values and high in values and values[low] >= values[high]:
            reading.fault(
                low, f"is not less than {high} ({values[high]:g}).", "Correct one of them.", f"{values[low]:g}"
            )
    if values.get("escort_required") is True and values.get("rideshare_alone_ok") is True:
        remedy = "Set one of them to false: the papers cannot ask for an adult and allow to go alone."
        reading.fault("rideshare_alone_ok", "contradicts escort_required.", remedy, True)
    has_english = any(tag.split("-")[0] == "en" for tag in reading.languages)
    if reading.languages and not has_english and values.get("untranslated", "english") == "english":
        remedy = 'Add "en", or set untranslated to "refuse".'
        reading.fault("clinic.languages", "has no English, which patients without papers of their own get.", remedy)
