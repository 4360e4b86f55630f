"""Pages of the engine: acts on items, acts on cases, step details and settings."""

from .cases import case_act, case_redirect
from .items import act, item_detail, sign
from .settings import bpmn, flow_table, settings_edit, settings_list

__all__ = [
    "act",
    "bpmn",
    "case_act",
    "case_redirect",
    "flow_table",
    "item_detail",
    "settings_edit",
    "settings_list",
    "sign",
]
