"""`cache show` and `cache clear` from the command line."""

import json

from handouts.cache import Cache


def test_show_tells_where_the_cache_is_and_how_big(handouts, tmp_path):
    Cache(tmp_path / "kept").put("edition", "one", b"x" * 200_000)
    ran = handouts("cache", "show", "--json", HANDOUTS_CACHE=str(tmp_path / "kept"))
    told = json.loads(ran.stdout)
    assert (told["folder"], told["entries"]) == (str(tmp_path / "kept"), 1)
    assert 200_000 < told["bytes"] < 201_000 < told["limit"]
    said = handouts("cache", "show", HANDOUTS_CACHE=str(tmp_path / "kept")).stdout
    assert "1 entry, 0.2 MB of 256 MB" in said
    assert handouts("cache", "show", HANDOUTS_CACHE="").stdout == "Nothing is kept between runs.\n"


def test_clear_removes_it(handouts, tmp_path):
    cache = Cache(tmp_path / "kept")
    cache.put("edition", "one", b"x")
    cache.put("edition", "two", b"x")
    ran = handouts("cache", "clear", HANDOUTS_CACHE=str(tmp_path / "kept"))
    assert (ran.returncode, ran.stdout) == (0, "Removed 2 entries, 0.0 MB.\n")
    told = json.loads(handouts("cache", "clear", "--json", HANDOUTS_CACHE=str(tmp_path / "kept")).stdout)
    assert (told["entries"], told["bytes"]) == (0, 0)


def test_doctor_tells_of_it(handouts, tmp_path):
    def told(folder):
        found = json.loads(handouts("doctor", "--json", HANDOUTS_CACHE=str(folder)).stdout)
        return next(each for each in found if each["what"] == "cache")

    assert told(tmp_path / "kept")["works"]
    assert str(tmp_path / "kept") in told(tmp_path / "kept")["found"]
    assert not told("/dev/null/kept")["works"]
    assert not told("/dev/null/kept")["needed"]
