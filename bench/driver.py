"""Times two operations alternately in one process, so that a noisy machine disturbs both alike."""

from __future__ import annotations

import gc
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

PAIRS = 40
REPEATS = 3

Operation = Callable[[], object]


@dataclass(slots=True)
class Result:
    """One row of the table. `ratio` says how many times better ours is, or the stated quotient."""

    name: str
    reference: str
    ours_ms: float
    reference_ms: float
    ratio: float
    floor: float
    goal: float
    smaller_is_better: bool = False
    note: str = ""
    spread: list[float] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        def meets(value: float) -> bool:
            return self.ratio <= value if self.smaller_is_better else self.ratio >= value

        return "goal" if meets(self.goal) else "floor" if meets(self.floor) else "below"


def once(operation: Operation) -> float:
    """Run an operation and return its milliseconds."""
    start = time.perf_counter()
    operation()
    return (time.perf_counter() - start) * 1000


def alternate(
    ours: Operation, reference: Operation, *, pairs: int = PAIRS, repeats: int = REPEATS
) -> tuple[list[float], list[float]]:
    """Run both by turns; return the medians of each repeat, ours and the reference's."""
    ours_medians, reference_medians = [], []
    once(ours), once(reference)
    for _ in range(repeats):
        gc.collect()
        left, right = [], []
        for turn in range(pairs):
            if turn % 2:
                right.append(once(reference))
                left.append(once(ours))
            else:
                left.append(once(ours))
                right.append(once(reference))
        ours_medians.append(statistics.median(left))
        reference_medians.append(statistics.median(right))
    return ours_medians, reference_medians


def compare(
    name: str,
    reference_name: str,
    ours: Operation,
    reference: Operation,
    *,
    floor: float,
    goal: float,
    pairs: int = PAIRS,
    repeats: int = REPEATS,
    inverse: bool = False,
    note: str = "",
) -> Result:
    """Measure; `ratio` is reference / ours (times faster), or with `inverse` ours / reference (growth)."""
    left, right = alternate(ours, reference, pairs=pairs, repeats=repeats)
    ratios = [(a / b if inverse else b / a) for a, b in zip(left, right, strict=True)]
    return Result(
        name,
        reference_name,
        round(statistics.median(left), 4),
        round(statistics.median(right), 4),
        round(statistics.median(ratios), 3),
        floor,
        goal,
        smaller_is_better=inverse,
        note=note,
        spread=[round(ratio, 3) for ratio in ratios],
    )


def counted(name: str, value: float, *, floor: float, goal: float, note: str = "") -> Result:
    """A row that counts instead of timing; smaller is better."""
    return Result(name, "—", 0, 0, value, floor, goal, smaller_is_better=True, note=note)


def table(results: list[Result]) -> str:
    """Print the rows as a Markdown table."""
    lines = [
        "| what | reference | ratio | floor | goal | verdict | three repeats | note |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in results:
        sign = "≤" if row.smaller_is_better else "≥"
        spread = " ".join(f"{ratio:g}" for ratio in row.spread)
        lines.append(
            f"| {row.name} | {row.reference} | {row.ratio:g} | {sign} {row.floor:g} | {sign} {row.goal:g} "
            f"| {row.verdict} | {spread} | {row.note} |"
        )
    return "\n".join(lines)


def write(results: list[Result], path: Path) -> None:
    """Write the rows as JSON."""
    path.write_text(
        json.dumps([asdict(row) | {"verdict": row.verdict} for row in results], indent=1, ensure_ascii=False)
    )
