"""One program in a process of its own: `python -m benchmarks.child KEY FOLDER short|whole [MODE]`.

With a mode it makes one packet of it and ends: a cold start. Else every line that it reads is a request (`processes.Request`, as
JSON), and it answers each with a line of what came of it.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.memory import peak_megabytes
from benchmarks.mode import Mode
from benchmarks.programs import Program, inputs, opened

_PATIENCE = 10_000
"""After so many packets, those with new layouts count too."""


def main(key: str, folder: str, packet: str, mode: str = "") -> None:
    """What the arguments say."""
    program = opened(key, Path(folder), whole=packet == "whole")
    if mode:
        program.packet(next(inputs(key, program, Path(folder), mode)))
        program.close()
        return
    given: dict[str, Iterator[Any]] = {}
    for line in sys.stdin:
        request = json.loads(line)
        mode = request["mode"]
        if mode not in given:
            given[mode] = inputs(key, program, Path(folder), mode)
        done = made(program, given[mode], request)
        print(json.dumps({**done, "megabytes": peak_megabytes()}), flush=True)
    program.close()


def made(program: Program, given: Iterator[Any], request: Mapping[str, Any]) -> dict[str, float]:
    """Packets for so many seconds, and so many at least: how many, the seconds spent on them alone, and their bytes.

    With `fixed` appointments only those of ours count whose layouts were known; peers know of no layouts.
    """
    gc.collect()
    only_known = request["mode"].partition(".")[0] == Mode.FIXED
    spent, tried = 0.0, 0
    took, packets, size = 0.0, 0, 0
    while spent < request["seconds"] or tried < request["least"] or not packets:
        each, layouts = next(given), getattr(program, "layouts", 0)
        begun = time.perf_counter()
        pdfs = program.packet(each)
        ended = time.perf_counter() - begun
        spent, tried = spent + ended, tried + 1
        if only_known and getattr(program, "layouts", 0) != layouts and tried < _PATIENCE:
            continue
        took, packets, size = took + ended, packets + 1, size + sum(map(len, pdfs))
    return {"packets": packets, "took": took, "size": size}


if __name__ == "__main__":
    main(*sys.argv[1:])
