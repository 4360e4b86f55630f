"""The shape of `bench.shape` as a viewflow flow, built block by block."""

from viewflow import this
from viewflow.workflow import flow, lock
from viewflow.workflow.flow.views import UpdateProcessView
from viewflow.workflow.models import Process

from bench.shape import BLOCKS


def _members() -> dict:
    members: dict = {"process_class": Process, "lock_impl": lock.SelectForUpdateLock()}
    members["start"] = flow.StartHandle().Next(this.n0)
    number = 0
    for position, width in enumerate(BLOCKS):
        following = getattr(this, f"n{position + 1}" if position + 1 < len(BLOCKS) else "end")
        if width == 1:
            number += 1
            members[f"n{position}"] = flow.View(UpdateProcessView.as_view(fields=[])).Next(following)
            continue
        split = flow.Split()
        for _ in range(width):
            number += 1
            members[f"t{number}"] = flow.View(UpdateProcessView.as_view(fields=[])).Next(
                getattr(this, f"join{position}")
            )
            split = split.Always(getattr(this, f"t{number}"))
        members[f"n{position}"] = split
        members[f"join{position}"] = flow.Join().Next(following)
    members["end"] = flow.End()
    return members


RivalFlow = type("RivalFlow", (flow.Flow,), {"__module__": __name__, **_members()})
