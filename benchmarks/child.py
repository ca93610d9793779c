"""One program in a process of its own: `python -m benchmarks.child KEY FOLDER short|whole [MODE]`.

With a mode it makes one packet of it and ends: a cold start. Else every line that it reads is a request (`processes.Request`, as
JSON), and it answers each with a line of what came of it.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.memory import peak_megabytes
from benchmarks.programs import Program, inputs, opened


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
        done = _made(program, given[mode], request["seconds"], request["least"])
        print(json.dumps({**done, "megabytes": peak_megabytes()}), flush=True)
    program.close()


def _made(program: Program, given: Iterator[Any], seconds: float, least: int) -> dict[str, float]:
    """Packets for so many seconds, and so many at least: how many, the seconds spent on them alone, and their bytes."""
    gc.collect()
    took, packets, size = 0.0, 0, 0
    while took < seconds or packets < least:
        each = next(given)
        begun = time.perf_counter()
        pdfs = program.packet(each)
        took += time.perf_counter() - begun
        packets += 1
        size += sum(map(len, pdfs))
    return {"packets": packets, "took": took, "size": size}


if __name__ == "__main__":
    main(*sys.argv[1:])
