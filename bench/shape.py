"""One shape of 53 tasks for both engines: sequences with three splits into four branches and their joins.

The real flow of delegations is measured apart; viewflow cannot express its joins, which are not nested.
"""

from __future__ import annotations

from waiban.workflow.definition import Flow, Stage, Step

BLOCKS: tuple[int, ...] = (1,) * 6 + (4,) + (1,) * 12 + (4,) + (1,) * 12 + (4,) + (1,) * 11
"""Width of each block; the sum is 53."""


def rows() -> list[tuple[str, tuple[str, ...]]]:
    """Return (key, predecessors) of the 53 tasks."""
    found: list[tuple[str, tuple[str, ...]]] = []
    before: tuple[str, ...] = ()
    number = 0
    for width in BLOCKS:
        block = []
        for _ in range(width):
            number += 1
            key = f"t{number}"
            found.append((key, before))
            block.append(key)
        before = tuple(block)
    return found


def shape_flow() -> Flow:
    """Return the shape as a flow of the portal's engine."""
    steps = tuple(
        Step(
            no=no, key=key, name=f"环节{no}", short=f"环节{no}", public="办理中", stage="s", phase="s",
            who="outbound_clerk", limit=2, fast=1, after=after, basis="—", verb="办理",
        )
        for no, (key, after) in enumerate(rows(), 1)
    )  # fmt: skip
    return Flow("bench", 1, "基准", (Stage("s", "基"),), steps, anchor="t1", goal="t53", target="day")
