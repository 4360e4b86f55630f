"""System checks: a flow with a mistake in its table stops the start, with a sentence that names the step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, register

from waiban.accounts.enums import Role

from .definition import Flow, Step
from .forms import StepForm
from .registry import Binding, all_bindings

SHORT = 9
"""Greatest length of the short word of a step: what fits on a chip of the map."""

Finding = tuple[str, str]


@register()
def check_flows(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check every registered flow; errors are workflow.E001 to workflow.E017."""
    bindings = all_bindings()
    found = [error for binding in bindings for error in check_binding(binding)]
    flows = [binding.flow for binding in bindings]
    return found + [_error(flow, number, text) for flow, number, text in _meanings(flows)]


def check_binding(binding: Binding) -> list[CheckMessage]:
    """Check one flow with its forms. When the net itself is broken, what hangs on it is not looked at."""
    flow = binding.flow
    found = [finding for check in _TABLE for finding in check(flow)]
    if not found:
        found = [finding for check in _NET for finding in check(flow)]
    found += _forms(binding)
    return [_error(flow, number, text) for number, text in found]


def _error(flow: Flow, number: str, text: str) -> Error:
    return Error(text, obj=f"{flow.key} v{flow.version}", id=f"workflow.{number}")


def _numbers(flow: Flow) -> Iterator[Finding]:
    numbers = [step.no for step in flow.steps]
    if numbers != list(range(1, len(numbers) + 1)):
        yield "E001", f"the steps are not numbered 1 to {len(numbers)} in order: {numbers}"


def _keys(flow: Flow) -> Iterator[Finding]:
    for key, count in Counter(step.key for step in flow.steps).items():
        if count > 1:
            yield "E002", f"the key {key} belongs to {count} steps"


def _references(flow: Flow) -> Iterator[Finding]:
    keys = {step.key for step in flow.steps}
    for step in flow.steps:
        for key in (*step.after, *step.returns):
            if key not in keys:
                yield "E003", f"{_name(step)} names the step {key}, which does not exist"


def _cycles(flow: Flow) -> Iterator[Finding]:
    """Take away what waits for nothing that is left; what stays goes round in a circle."""
    left = {step.key: set(step.after) for step in flow.steps}
    while free := {key for key, after in left.items() if not after & left.keys()}:
        left = {key: after for key, after in left.items() if key not in free}
    if left:
        yield "E004", f"the steps {', '.join(left)} wait for one another"


def _ends(flow: Flow) -> Iterator[Finding]:
    """One beginning and one end: without circles, every step then lies on a way from one to the other."""
    starts = [step.key for step in flow.steps if not step.after]
    ends = [key for key, behind in flow.successors.items() if not behind]
    if len(starts) != 1:
        yield "E005", f"there must be one step that waits for nothing, not {starts}"
    if len(ends) != 1:
        yield "E006", f"there must be one step that nothing waits for, not {ends}"


def _milestones(flow: Flow) -> Iterator[Finding]:
    for word, key in (("anchor", flow.anchor), ("goal", flow.goal)):
        step = flow.by_key.get(key)
        if step is None or step.per_member:
            yield "E007", f"the {word} {key!r} must be a step of the case"


def _returns(flow: Flow) -> Iterator[Finding]:
    for step in flow.steps:
        for target in step.returns:
            if step.key not in flow.descendants[target]:
                yield "E008", f"{_name(step)} sends back to {target}, which does not lie before it"
    if any(step.returns for step in flow.steps) and not flow.return_reasons:
        yield "E008", "the flow sends back but knows no reasons for it"


def _roles(flow: Flow) -> Iterator[Finding]:
    known = set(Role.values)
    for step in flow.steps:
        for role in (step.who, *step.recorders):
            if role not in known:
                yield "E009", f"{_name(step)} names the role {role}, which does not exist"
    for role in (*flow.withdrawers, *flow.managers, flow.member_role):
        if role not in known:
            yield "E009", f"the flow names the role {role}, which does not exist"


def _conditions(flow: Flow) -> Iterator[Finding]:
    used = {step.when for step in flow.steps if step.when}
    for step in flow.steps:
        if step.when and not callable(flow.conditions.get(step.when)):
            yield "E010", f"{_name(step)} applies when {step.when}, which is no condition of the flow"
    for name in flow.conditions:
        if name not in used:
            yield "E011", f"the condition {name} is used by no step"


def _words(flow: Flow) -> Iterator[Finding]:
    for step in flow.steps:
        missing = [word for word in ("name", "short", "public", "verb", "basis") if not getattr(step, word)]
        if missing:
            yield "E012", f"{_name(step)} has no {', '.join(missing)}"
        if len(step.short) > SHORT:
            yield "E012", f"the short word of {_name(step)} is longer than {SHORT} characters"


def _limits(flow: Flow) -> Iterator[Finding]:
    for step in flow.steps:
        least = 0 if step.key == flow.goal or step.fixed else 1
        if min(step.limit, step.fast) < least or step.fast > step.limit:
            yield "E013", f"{_name(step)} has the limits {step.limit} and {step.fast} half-days"


def _stages(flow: Flow) -> Iterator[Finding]:
    known = {stage.key for stage in flow.stages}
    for step in flow.steps:
        if step.stage not in known:
            yield "E014", f"{_name(step)} lies in the stage {step.stage}, which does not exist"


def _dates(flow: Flow) -> Iterator[Finding]:
    """A limit in calendar days needs a date to run from, and that date needs a step that brings it."""
    brought = {step.fixed for step in flow.steps if step.fixed} | {flow.target}
    for step in flow.steps:
        if bool(step.calendar_days) != bool(step.calendar_from):
            yield "E015", f"{_name(step)} needs both calendar_days and calendar_from"
        elif step.calendar_from and step.calendar_from not in brought:
            yield "E015", f"no step brings the date {step.calendar_from} of {_name(step)}"


def _forms(binding: Binding) -> list[Finding]:
    """Every bound form exists, belongs to a step and is a form of a step."""
    found: list[Finding] = []
    keys = {step.key for step in binding.flow.steps}
    for key, dotted in binding.forms.items():
        if key not in keys:
            found.append(("E016", f"the form {dotted} is bound to {key}, which is no step"))
            continue
        try:
            form = binding.form_class(key)
        except ImportError as error:
            found.append(("E016", f"the form {dotted} of {key} cannot be imported: {error}"))
            continue
        if not (isinstance(form, type) and issubclass(form, StepForm)):
            found.append(("E016", f"{dotted} of {key} is no StepForm"))
    return found


def _meanings(flows: Sequence[Flow]) -> Iterator[tuple[Flow, str, str]]:
    """A key keeps its meaning through all versions of a flow: the log of old cases has to stay readable."""
    seen: dict[tuple[str, str], tuple[Flow, Step]] = {}
    for flow in sorted(flows, key=lambda flow: (flow.key, flow.version)):
        for step in flow.steps:
            first, known = seen.setdefault((flow.key, step.key), (flow, step))
            if (known.per, _meaning(known)) != (step.per, _meaning(step)):
                text = f"{_name(step)} means something else than in version {first.version}"
                yield flow, "E017", text


def _meaning(step: Step) -> str:
    """What a step is called in English, or where it has no English name, in Chinese."""
    return step.name_en or step.name


def _name(step: Step) -> str:
    return f"step {step.no} ({step.key})"


Check = Callable[[Flow], Iterable[Finding]]

_TABLE: tuple[Check, ...] = (_numbers, _keys, _references, _cycles)
_NET: tuple[Check, ...] = (
    _ends, _milestones, _returns, _roles, _conditions, _words, _limits, _stages, _dates,
)  # fmt: skip
