"""Rows of the engine. Only the engine writes status; everything that hangs on a case points here."""

from .cases import NO_SLACK, Case, Participant, Pause
from .items import Signature, WorkItem
from .log import Action
from .settings import StepSetting, StepSettingChange

__all__ = [
    "NO_SLACK",
    "Action",
    "Case",
    "Participant",
    "Pause",
    "Signature",
    "StepSetting",
    "StepSettingChange",
    "WorkItem",
]
