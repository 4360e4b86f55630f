"""Who may register outcomes, and what a sound entry is: pure functions (domain: delegations 4.6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING

from waiban.accounts.enums import Role
from waiban.outcomes.enums import EVENTS, WITH_AMOUNT, Currency, Kind, ProjectType, Status

if TYPE_CHECKING:
    from waiban.accounts.actors import Actor

UNIT_REGISTRARS = (Role.UNIT_CLERK, Role.UNIT_LEADER)
OFFICE_REGISTRARS = (
    Role.OUTBOUND_CLERK,
    Role.OUTBOUND_CHIEF,
    Role.RECEPTION_CLERK,
    Role.RECEPTION_CHIEF,
    Role.EVENTS_CLERK,
)

FIRST_FOLLOW_UP = timedelta(days=30)
"""A project or lead is asked about after 30 days unless another day is given (D27, 建议值)."""

LARGEST = Decimal("999999999999.99")
CENT = Decimal("0.01")
SIXTH = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class OutcomeData:
    """What is entered about one outcome. Amounts in the original currency; `rate` = 元 for one unit of it."""

    kind: str
    title: str
    signed_on: date
    place_id: int | None = None
    city: str = ""
    partner: str = ""
    domestic_partner: str = ""
    count: int = 1
    foreign_units: int = 0
    people: int = 0
    is_top500: bool = False
    project_type: str = ""
    currency: str = Currency.CNY
    original_amount: Decimal | None = None
    rate: Decimal | None = None
    status: str = Status.INTENDED
    county: str = ""
    evidence: str = ""
    project_code: str = ""
    department_text: str = ""
    next_on: date | None = None


def may_register(actor: Actor, department_id: int) -> bool:
    """Tell whether the actor enters outcomes of a case run by this department."""
    if actor.has(*OFFICE_REGISTRARS):
        return True
    return any(actor.seat_for(role, department_id) is not None for role in UNIT_REGISTRARS)


def settled(data: OutcomeData) -> OutcomeData:
    """Return the entry with amount and rate in the precision in which they are kept (cents, six places)."""
    if data.original_amount is None or data.rate is None:
        return replace(data, rate=None) if data.original_amount is None else data
    try:
        amount = data.original_amount.quantize(CENT, ROUND_HALF_UP)
        return replace(data, original_amount=amount, rate=data.rate.quantize(SIXTH, ROUND_HALF_UP))
    except InvalidOperation:
        return data


def yuan(amount: Decimal, rate: Decimal) -> Decimal:
    """Convert an amount, half up to the cent."""
    return (amount * rate).quantize(CENT, ROUND_HALF_UP)


def amounts(data: OutcomeData) -> tuple[Decimal | None, Decimal | None]:
    """Return (investment, trade) in 元: one of the two at most, so that they can never be added up as one."""
    if data.original_amount is None or data.rate is None:
        return None, None
    value = yuan(data.original_amount, data.rate)
    return (value, None) if data.project_type == ProjectType.INVESTMENT else (None, value)


def first_follow_up(data: OutcomeData) -> date | None:
    """Return the day on which the outcome is first to be asked about; None for what is over at once."""
    if data.next_on or data.kind in EVENTS:
        return data.next_on
    return data.signed_on + FIRST_FOLLOW_UP


def faults(data: OutcomeData, today: date) -> dict[str, str]:
    """Return what is wrong with an entry: field → sentence. Empty when it is sound."""
    found: dict[str, str] = {}
    if not data.title.strip():
        found["title"] = "请填写名称或主题。"
    if data.signed_on > today:
        found["signed_on"] = "日期不能晚于今天；尚未发生的事项请发生后再登记。"
    if data.count < 1:
        found["count"] = "场次（家数）至少为 1。"
    if data.next_on and data.next_on < data.signed_on:
        found["next_on"] = "下次跟进日期不能早于签约（举办）日期。"
    found |= _project_faults(data) if data.kind == Kind.PROJECT else _other_faults(data)
    return found


def _other_faults(data: OutcomeData) -> dict[str, str]:
    """Only signed projects have a type, a code and an amount."""
    found = {}
    if data.original_amount is not None:
        found["original_amount"] = "只有签约项目登记金额；意向线索的金额待签约后登记，以免虚增。"
    if data.project_type:
        found["project_type"] = "只有签约项目填写项目类型。"
    if data.project_code:
        found["project_code"] = "只有签约项目填写项目编码。"
    return found


def _project_faults(data: OutcomeData) -> dict[str, str]:
    """A project names type and parties; an amount needs a rate, evidence and the right type."""
    found = {}
    if not data.project_type:
        found["project_type"] = "请选择项目类型。"
    if not data.partner.strip():
        found["partner"] = "请填写外方签约单位。"
    if data.original_amount is None:
        return found
    if data.project_type and data.project_type not in WITH_AMOUNT:
        found["original_amount"] = "合作备忘、人才、友城类项目不登记金额。"
    elif data.original_amount <= 0:
        found["original_amount"] = "金额须大于 0。"
    found |= _rate_faults(data)
    if not data.evidence.strip():
        found["evidence"] = "登记金额须写明佐证材料（合同、协议文本名称及日期）。"
    return found


def _rate_faults(data: OutcomeData) -> dict[str, str]:
    """The rate turns the amount into 元; for 元 itself it is 1."""
    if data.rate is None or data.rate <= 0:
        return {"rate": "请填写折算汇率（1 单位原币折合人民币元），人民币填 1。"}
    if data.currency == Currency.CNY and data.rate != 1:
        return {"rate": "币种为人民币时汇率应为 1。"}
    try:
        too_large = data.original_amount is not None and yuan(data.original_amount, data.rate) > LARGEST
    except InvalidOperation:
        too_large = True
    return {"original_amount": "折合人民币超过 9999 亿元，请核对金额与单位。"} if too_large else {}
