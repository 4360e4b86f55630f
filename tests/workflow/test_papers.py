"""The pages and drawings of a flow are made from its table."""

from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from defusedxml import ElementTree
from django.core.management import CommandError, call_command

from tests.workflow.sample import HALL
from waiban.workflow import docs, registry
from waiban.workflow.bpmn import BPMN, DC, DD, DI, to_bpmn
from waiban.workflow.definition import Flow

FLOWS = [HALL, *(binding.flow for binding in registry.current_bindings())]
NODES = (
    "startEvent",
    "endEvent",
    "userTask",
    "receiveTask",
    "parallelGateway",
    "exclusiveGateway",
    "inclusiveGateway",
)


def bpmn(tag: str) -> str:
    return f"{{{BPMN}}}{tag}"


class Drawing:
    """A parsed document with its parts by id."""

    def __init__(self, flow: Flow) -> None:
        self.root = ElementTree.fromstring(to_bpmn(flow))
        self.process = self.root.find(bpmn("process"))
        self.nodes = {node.get("id"): node for tag in NODES for node in self.process.findall(bpmn(tag))}
        self.flows = {flow.get("id"): flow for flow in self.process.findall(bpmn("sequenceFlow"))}
        plane = self.root.find(f"{{{DI}}}BPMNDiagram/{{{DI}}}BPMNPlane")
        self.shapes = {s.get("bpmnElement"): s for s in plane.findall(f"{{{DI}}}BPMNShape")}
        self.edges = {e.get("bpmnElement"): e for e in plane.findall(f"{{{DI}}}BPMNEdge")}

    def ways(self, element: Any, tag: str) -> list[str]:
        return [way.text for way in element.findall(bpmn(tag))]

    def box(self, name: str) -> tuple[int, int, int, int]:
        bounds = self.shapes[name].find(f"{{{DC}}}Bounds")
        x, y, width, height = (int(bounds.get(side)) for side in ("x", "y", "width", "height"))
        return x, y, x + width, y + height


@pytest.fixture(params=FLOWS, ids=[flow.key for flow in FLOWS])
def flow(request: pytest.FixtureRequest) -> Flow:
    return request.param


@pytest.fixture
def drawing(flow: Flow) -> Drawing:
    return Drawing(flow)


# BPMN


def test_every_step_is_a_task_and_its_kind_says_what_it_is(flow: Flow, drawing: Drawing) -> None:
    for step in flow.steps:
        task = drawing.nodes[f"task_{step.key}"]
        assert task.tag == bpmn("receiveTask" if step.outside else "userTask")
        loops = task.findall(bpmn("multiInstanceLoopCharacteristics"))
        assert len(loops) == step.per_member
        assert task.get("name") == f"{step.no} {step.name}"
        assert f"{step.limit / 2:g} 个工作日" in task.find(bpmn("documentation")).text


def test_every_sequence_flow_leads_from_a_node_to_a_node_that_know_it(drawing: Drawing) -> None:
    for name, way in drawing.flows.items():
        source, target = drawing.nodes[way.get("sourceRef")], drawing.nodes[way.get("targetRef")]
        assert name in drawing.ways(source, "outgoing")
        assert name in drawing.ways(target, "incoming")
    listed = [way for node in drawing.nodes.values() for way in drawing.ways(node, "outgoing")]
    assert sorted(listed) == sorted(drawing.flows)


def test_only_gateways_branch_and_join(drawing: Drawing) -> None:
    for name, node in drawing.nodes.items():
        came, left = len(drawing.ways(node, "incoming")), len(drawing.ways(node, "outgoing"))
        if name == "start":
            assert (came, left) == (0, 1)
        elif name == "end":
            assert (came, left) == (1, 0)
        elif node.tag.endswith("Gateway"):
            assert sorted((min(came, 2), min(left, 2))) == [1, 2]
        else:
            assert (came, left) == (1, 1)


def test_a_condition_stands_between_two_gateways_with_the_way_around_as_default(
    flow: Flow, drawing: Drawing
) -> None:
    for step in flow.steps:
        asked = drawing.nodes.get(f"if_{step.key}")
        assert (asked is not None) is bool(step.when)
        if asked is None:
            continue
        kind = "inclusiveGateway" if step.per_member else "exclusiveGateway"
        assert asked.tag == drawing.nodes[f"fi_{step.key}"].tag == bpmn(kind)
        around = drawing.flows[asked.get("default")]
        assert around.get("targetRef") == f"fi_{step.key}"
        through = drawing.flows[f"flow_if_{step.key}_task_{step.key}"]
        assert through.find(bpmn("conditionExpression")).text == step.when


def test_the_drawing_has_the_same_ways_as_the_table(flow: Flow, drawing: Drawing) -> None:
    """Between two tasks there is a way through gateways exactly where one step follows the other."""
    for step in flow.steps:
        reached, heap = set(), [f"task_{step.key}"]
        while heap:
            for way in drawing.flows.values():
                target = way.get("targetRef")
                if way.get("sourceRef") == heap[0]:
                    if target.startswith("task_"):
                        reached.add(target.removeprefix("task_"))
                    elif not target.startswith("if_"):
                        heap.append(target)
                    else:
                        reached.add(target.removeprefix("if_"))
            heap.pop(0)
        assert reached - {"end"} <= set(flow.successors[step.key]) | {step.key}
        assert set(flow.successors[step.key]) <= reached


def test_every_node_lies_in_the_lane_of_its_role(flow: Flow, drawing: Drawing) -> None:
    members: list[str] = []
    for lane in drawing.process.find(bpmn("laneSet")).findall(bpmn("lane")):
        inside = [reference.text for reference in lane.findall(bpmn("flowNodeRef"))]
        members += inside
        left, top, right, bottom = drawing.box(lane.get("id"))
        for name in inside:
            x, y, end_x, end_y = drawing.box(name)
            assert left <= x and end_x <= right and top <= y and end_y <= bottom
            if name.startswith("task_"):
                assert lane.get("id") == f"lane_{flow.by_key[name.removeprefix('task_')].who}"
    assert sorted(members) == sorted(drawing.nodes)


def test_every_node_has_a_shape_and_no_two_overlap(drawing: Drawing) -> None:
    assert set(drawing.nodes) <= set(drawing.shapes)
    boxes = [drawing.box(name) for name in drawing.nodes]
    for position, (left, top, right, bottom) in enumerate(boxes):
        for x, y, end_x, end_y in boxes[position + 1 :]:
            assert right <= x or end_x <= left or bottom <= y or end_y <= top


def test_every_sequence_flow_has_a_line_that_touches_both_ends(drawing: Drawing) -> None:
    assert set(drawing.edges) == set(drawing.flows)
    for name, edge in drawing.edges.items():
        points = [(int(p.get("x")), int(p.get("y"))) for p in edge.findall(f"{{{DD}}}waypoint")]
        for end, (x, y) in (("sourceRef", points[0]), ("targetRef", points[-1])):
            left, top, right, bottom = drawing.box(drawing.flows[name].get(end))
            assert left <= x <= right and top <= y <= bottom
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(points))


def test_every_id_is_used_once(drawing: Drawing) -> None:
    ids = [element.get("id") for element in drawing.root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))


# Pages


def test_the_page_has_a_row_for_every_step_and_a_chart_for_every_stage(flow: Flow) -> None:
    page = docs.to_markdown(flow)
    rows = [line for line in page.splitlines() if line.startswith("| ") and "`" in line]
    assert len(rows) == len(flow.steps)
    assert all(row.count(" | ") == len(docs.HEAD) - 1 for row in rows)
    for step, row in zip(flow.steps, rows, strict=True):
        assert row.startswith(f"| {step.no} | {step.name}<br>`{step.key}` | ")
        assert step.basis in row
    assert page.count("```mermaid") == len(flow.stages)
    for step in flow.steps:
        for key in step.after:
            assert f"n{flow.by_key[key].no} --> n{step.no}\n" in page or f"| n{step.no}\n" in page


def test_the_page_says_what_the_row_says() -> None:
    page = docs.to_markdown(HALL)
    row = next(line for line in page.splitlines() if "`badge`" in line)
    assert row == (
        "| 9 | 制证<br>`badge` | 驻外使领馆<br>每人一份<br>外部<br>可由护照签证专办员登记 | 2 / 1 | 8 |"
        " 须佩证 | 7、8 | 申请书 → 回执 | 建议值 |"
    )
    assert "| 13 | 交回证件<br>`hand_in` | 护照签证专办员<br>每人一份<br>外部 | 3 个自然日 | 12 |" in page
    assert '    n9[["9 制证<br/>2 / 1"]]\n' in page
    assert '    n8 -->|"须佩证"| n9\n' in page
    assert "    n9 -.-> n8\n" in page


def test_committed_pages_are_those_of_the_tables() -> None:
    for binding in registry.current_bindings():
        assert docs.path_of(binding.flow).read_text(encoding="utf-8") == docs.to_markdown(binding.flow), (
            "run manage.py flow_docs"
        )


def test_the_commands_write_compare_and_print(tmp_path: Path, settings: Any) -> None:
    settings.BASE_DIR = tmp_path
    with pytest.raises(CommandError, match=r"differ from the tables"):
        call_command("flow_docs", "--check", stdout=StringIO())
    assert not list(tmp_path.iterdir())
    out = StringIO()
    call_command("flow_docs", stdout=out)
    assert "wrote flow-delegation.md" in out.getvalue()
    call_command("flow_docs", "--check", stdout=StringIO())
    again = StringIO()
    call_command("flow_docs", stdout=again)
    assert again.getvalue() == ""
    printed = StringIO()
    call_command("flow_bpmn", "delegation", stdout=printed)
    assert printed.getvalue() == to_bpmn(registry.flow_of("delegation"))
    with pytest.raises(CommandError, match="unknown flow nothing"):
        call_command("flow_bpmn", "nothing", stdout=StringIO())
