import os
import subprocess
import sys
from itertools import count

import pytest

from handouts.memory import Recent, forgetting, remembered, remembers, shared


def _counted():
    calls = count()

    @remembered(2)
    def doubled(number: int) -> int:
        """Twice `number`."""
        next(calls)
        return 2 * number

    return doubled, lambda: next(calls)


def test_a_result_is_made_once():
    doubled, calls = _counted()
    assert (doubled(1), doubled(1), doubled(number=1)) == (2, 2, 2)
    assert calls() == 2  # a name for the argument makes another call of it, as for lru_cache


def test_only_the_latest_results_are_kept():
    doubled, calls = _counted()
    for number in (1, 2, 3, 1):
        doubled(number)
    assert calls() == 4


def test_recent_results_are_kept_as_long_as_they_are_asked_for():
    recent = Recent[int, int](4)
    made: list[int] = []

    def asked(number):
        return recent(number, lambda: made.append(number) or number)

    assert [asked(number) for number in (1, 2, 1, 3, 1, 4, 1, 5, 1)] == [1, 2, 1, 3, 1, 4, 1, 5, 1]
    assert made == [1, 2, 3, 4, 5]
    assert asked(2) == 2
    assert made == [1, 2, 3, 4, 5, 2]


def test_equal_values_are_one_object_where_they_are_shared():
    same = shared(2)
    first, other = (1, 2.5), (1, 2.5)
    assert same(first) is same(other) is first
    with forgetting():
        assert same(other) is other


def test_while_forgetting_nothing_that_was_kept_is_used_and_nothing_is_kept():
    doubled, calls = _counted()
    doubled(1)
    with forgetting():
        with forgetting():
            doubled(1)
        assert not remembers()
        doubled(1)
        doubled(2)
    assert remembers()
    doubled(1)
    doubled(2)
    assert calls() == 5


def test_a_function_made_while_forgetting_remembers_later():
    with forgetting():
        doubled, calls = _counted()
        doubled(1)
    doubled(1)
    doubled(1)
    assert calls() == 2


def test_a_trouble_ends_forgetting():
    with pytest.raises(ZeroDivisionError), forgetting():
        _ = 1 // 0
    assert remembers()


def test_what_is_kept_can_be_dropped():
    doubled, calls = _counted()
    doubled(1)
    doubled.cache_clear()
    doubled(1)
    assert calls() == 2


def test_a_remembering_function_says_what_it_is():
    doubled, _ = _counted()
    assert (doubled.__name__, doubled.__doc__) == ("doubled", "Twice `number`.")


def test_the_environment_switches_all_remembering_off():
    code = "from handouts.memory import remembers; print(remembers())"
    for said, expected in (("0", "False"), ("1", "True")):
        environment = {**os.environ, "HANDOUTS_REMEMBER": said}
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
        assert ran.stdout.strip() == expected
