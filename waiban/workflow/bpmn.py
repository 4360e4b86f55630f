"""Export of a flow as BPMN 2.0 XML with a diagram, as bpmn.io and other modellers open it.

A step becomes a user task, outside the office a receive task, and one for every participant where it is per
member. Branches and joins are parallel gateways. A condition stands between two gateways, with the way around
the step as default: exclusive ones for the case, inclusive ones where it is asked of every participant. What
BPMN has no sign for (sending back, limits, closing a step early) is told in the documentation of the task.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby, pairwise
from operator import attrgetter

from waiban.accounts.enums import Role

from .definition import Flow, Step

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

SIZES = {"task": (120, 60), "gateway": (50, 50), "event": (36, 36)}
COLUMN, ROW, MARGIN, LABEL = 170, 120, 20, 30

Box = tuple[int, int, int, int]
"""Left, top, width and height on the sheet."""

for prefix, uri in (("bpmn", BPMN), ("bpmndi", DI), ("dc", DC), ("di", DD), ("xsi", XSI)):
    ET.register_namespace(prefix, uri)


@dataclass(frozen=True, slots=True)
class Node:
    """A flow node: event, task or gateway. `lane` is the role in whose lane it lies.

    Nodes with the same `block` belong to one step and stand in one row.
    """

    id: str
    tag: str
    name: str
    lane: str
    block: str
    step: Step | None = None

    @property
    def size(self) -> tuple[int, int]:
        kind = next((kind for kind in ("Gateway", "Event") if self.tag.endswith(kind)), "task")
        return SIZES[kind.lower()]


@dataclass(frozen=True, slots=True)
class Edge:
    """A sequence flow; `condition` names the condition under which it is taken."""

    source: str
    target: str
    name: str = ""
    condition: str = ""

    @property
    def id(self) -> str:
        return f"flow_{self.source}_{self.target}"


@dataclass
class Graph:
    """The nodes and edges of a flow in terms of BPMN, and where each node stands on the sheet."""

    flow: Flow
    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    defaults: dict[str, str] = field(default_factory=dict)

    @cached_property
    def lanes(self) -> list[str]:
        """Roles in the order in which they first appear."""
        return list(dict.fromkeys(step.who for step in self.flow.steps))

    @cached_property
    def columns(self) -> dict[str, int]:
        """The column of each node: one behind the last of its predecessors. Nodes are in such an order."""
        column = {node.id: 0 for node in self.nodes}
        ahead: dict[str, list[str]] = {}
        for edge in self.edges:
            ahead.setdefault(edge.target, []).append(edge.source)
        for node in self.nodes:
            column[node.id] = max((column[source] + 1 for source in ahead.get(node.id, ())), default=0)
        return column

    @cached_property
    def rows(self) -> dict[str, int]:
        """The row of each node within its lane: the nodes of a step share the first that is free for all."""
        taken: dict[str, list[set[int]]] = {lane: [] for lane in self.lanes}
        found: dict[str, int] = {}
        for _block, nodes in groupby(self.nodes, key=attrgetter("block")):
            group = list(nodes)
            columns = [self.columns[node.id] for node in group]
            wanted = set(range(min(columns), max(columns) + 1))
            rows = taken[group[0].lane]
            row = next((number for number, used in enumerate(rows) if not used & wanted), len(rows))
            rows[row:] = rows[row:] or [set()]
            rows[row] |= wanted
            found |= {node.id: row for node in group}
        return found

    @cached_property
    def heights(self) -> dict[str, int]:
        """The height of each lane."""
        rows = dict.fromkeys(self.lanes, 1)
        for node in self.nodes:
            rows[node.lane] = max(rows[node.lane], self.rows[node.id] + 1)
        return {lane: count * ROW + MARGIN for lane, count in rows.items()}

    @cached_property
    def tops(self) -> dict[str, int]:
        """The upper edge of each lane."""
        top, found = 0, {}
        for lane in self.lanes:
            found[lane] = top
            top += self.heights[lane]
        return found

    @property
    def width(self) -> int:
        return (max(self.columns.values()) + 1) * COLUMN + 2 * LABEL

    def box(self, node: Node) -> Box:
        """Left, top, width and height of a node."""
        width, height = node.size
        left = 2 * LABEL + self.columns[node.id] * COLUMN + (COLUMN - width) // 2
        top = self.tops[node.lane] + MARGIN // 2 + self.rows[node.id] * ROW + (ROW - height) // 2
        return left, top, width, height


def to_bpmn(flow: Flow) -> str:
    """Return the flow as a BPMN 2.0 document. The flow must have passed the system checks."""
    graph = make_graph(flow)
    root = ET.Element(
        f"{{{BPMN}}}definitions",
        {
            "id": f"definitions_{flow.key}",
            "targetNamespace": "urn:waiban:flow",
            "exporter": "waiban",
            "exporterVersion": str(flow.version),
        },
    )
    whole = _put(root, "collaboration", id="collaboration")
    _put(whole, "participant", id="pool", name=flow.name, processRef=f"process_{flow.key}")
    _process(root, graph)
    _diagram(root, graph)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=False).join(
        ('<?xml version="1.0" encoding="UTF-8"?>\n', "\n")
    )


def make_graph(flow: Flow) -> Graph:
    """Translate steps into events, tasks and gateways, in an order that puts predecessors first."""
    graph = Graph(flow)
    first, last = flow.order[0], flow.order[-1]
    graph.nodes.append(Node("start", "startEvent", "开始", first.who, "start"))
    doors = {step.key: _step_nodes(graph, step) for step in flow.order}
    graph.nodes.append(Node("end", "endEvent", "办结", last.who, "end"))
    graph.edges.append(Edge("start", doors[first.key][0]))
    for step in flow.order:
        graph.edges += [Edge(doors[key][1], doors[step.key][0]) for key in step.after]
    graph.edges.append(Edge(doors[last.key][1], "end"))
    return graph


def _step_nodes(graph: Graph, step: Step) -> tuple[str, str]:
    """Add the nodes of one step in a row, and return the first and the last of them."""
    row: list[Node] = []

    def add(prefix: str, tag: str, name: str = "") -> None:
        own = step if prefix == "task" else None
        row.append(Node(f"{prefix}_{step.key}", tag, name, step.who, step.key, own))

    choice = "inclusiveGateway" if step.per_member else "exclusiveGateway"
    if len(step.after) > 1:
        add("join", "parallelGateway")
    if step.when:
        add("if", choice, f"{step.condition_text or step.when}？")
    add("task", "receiveTask" if step.outside else "userTask", f"{step.no} {step.name}")
    if step.when:
        add("fi", choice)
    if len(graph.flow.successors[step.key]) > 1:
        add("split", "parallelGateway")
    graph.nodes += row
    for left, right in pairwise(row):
        into = left.id.startswith("if_")
        graph.edges.append(Edge(left.id, right.id, "是" if into else "", step.when if into else ""))
    if step.when:
        around = Edge(f"if_{step.key}", f"fi_{step.key}", step.na_text)
        graph.edges.append(around)
        graph.defaults[around.source] = around.id
    return row[0].id, row[-1].id


def _put(parent: ET.Element, tag: str, text: str = "", space: str = BPMN, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, f"{{{space}}}{tag}", {k: v for k, v in attributes.items() if v})
    element.text = text or None
    return element


def _process(root: ET.Element, graph: Graph) -> None:
    process = _put(
        root, "process", id=f"process_{graph.flow.key}", name=graph.flow.name, isExecutable="false"
    )
    lanes = _put(process, "laneSet", id="lanes")
    for role in graph.lanes:
        lane = _put(lanes, "lane", id=f"lane_{role}", name=str(Role(role).label))
        for node in graph.nodes:
            if node.lane == role:
                _put(lane, "flowNodeRef", node.id)
    for node in graph.nodes:
        _flow_node(process, graph, node)
    for edge in graph.edges:
        flow = _put(
            process, "sequenceFlow", id=edge.id, name=edge.name, sourceRef=edge.source, targetRef=edge.target
        )
        if edge.condition:
            condition = _put(flow, "conditionExpression", edge.condition)
            condition.set(f"{{{XSI}}}type", "bpmn:tFormalExpression")


def _flow_node(process: ET.Element, graph: Graph, node: Node) -> None:
    element = _put(process, node.tag, id=node.id, name=node.name, default=graph.defaults.get(node.id, ""))
    if node.step is not None:
        _put(element, "documentation", "\n".join(_documentation(graph.flow, node.step)))
    for tag, end in (("incoming", "target"), ("outgoing", "source")):
        for edge in graph.edges:
            if getattr(edge, end) == node.id:
                _put(element, tag, edge.id)
    if node.step is not None and node.step.per_member:
        loop = _put(element, "multiInstanceLoopCharacteristics", isSequential="false")
        _put(loop, "documentation", "每名参加人一份")


def _documentation(flow: Flow, step: Step) -> Iterator[str]:
    """Say what the drawing cannot show."""
    yield f"时限：标准 {step.limit / 2:g} 个工作日，快办 {step.fast / 2:g} 个工作日"
    if step.outside:
        yield "等待外部：不计本办净工作日"
    if step.recorders:
        yield f"可代为登记：{'、'.join(str(Role(role).label) for role in step.recorders)}"
    if step.when:
        yield "条件一经否定，本环节即时关闭，不等前置环节"
    if step.returns:
        yield f"可退回：{'、'.join(f'{flow.by_key[key].no} {flow.by_key[key].name}' for key in step.returns)}"
    yield f"依据：{step.basis}"


def _diagram(root: ET.Element, graph: Graph) -> None:
    diagram = _put(root, "BPMNDiagram", space=DI, id="diagram")
    plane = _put(diagram, "BPMNPlane", space=DI, id="plane", bpmnElement="collaboration")
    height = sum(graph.heights.values())
    _shape(plane, "pool", (0, 0, graph.width, height), isHorizontal="true")
    for role in graph.lanes:
        band = (LABEL, graph.tops[role], graph.width - LABEL, graph.heights[role])
        _shape(plane, f"lane_{role}", band, isHorizontal="true")
    boxes = {node.id: graph.box(node) for node in graph.nodes}
    for node in graph.nodes:
        marker = "true" if node.tag == "exclusiveGateway" else ""
        left, top, width, _height = boxes[node.id]
        shape = _shape(plane, node.id, boxes[node.id], isMarkerVisible=marker)
        if node.name and width < COLUMN // 2:
            _label(shape, (left + width // 2 - COLUMN // 2, top - MARGIN, COLUMN, MARGIN))
    for edge in graph.edges:
        element = _put(plane, "BPMNEdge", space=DI, id=f"{edge.id}_di", bpmnElement=edge.id)
        points = _waypoints(boxes[edge.source], boxes[edge.target])
        for x, y in points:
            _put(element, "waypoint", space=DD, x=str(x), y=str(y))
        if edge.name:
            (x, y), width = points[-2], points[-1][0] - points[-2][0] or COLUMN
            _label(element, (x - (width if len(points) > 2 else 0), y - MARGIN, width, MARGIN))


def _shape(plane: ET.Element, element: str, box: Box, **attributes: str) -> ET.Element:
    shape = _put(plane, "BPMNShape", space=DI, id=f"{element}_di", bpmnElement=element, **attributes)
    _bounds(shape, box)
    return shape


def _label(element: ET.Element, box: Box) -> None:
    _bounds(_put(element, "BPMNLabel", space=DI), box)


def _bounds(element: ET.Element, box: Box) -> None:
    left, top, width, height = box
    _put(element, "Bounds", space=DC, x=str(left), y=str(top), width=str(width), height=str(height))


def _waypoints(source: Box, target: Box) -> list[tuple[int, int]]:
    """From the right side of one box to the left side of another; along a row, below what stands between."""
    left, top, width, height = source
    x, y = left + width, top + height // 2
    end_x, end_y = target[0], target[1] + target[3] // 2
    if y != end_y:
        bend = end_x + target[2] // 2 - COLUMN // 2 + 10  # in the gap before the column
        return [(x, y), (bend, y), (bend, end_y), (end_x, end_y)]
    if end_x - x < COLUMN:
        return [(x, y), (end_x, end_y)]
    low = y + ROW // 2 - 2
    start, end = left + width // 2, end_x + target[2] // 2
    return [(start, top + height), (start, low), (end, low), (end, target[1] + target[3])]
