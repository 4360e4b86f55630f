"""An invented flow of another business, which walks through every act: lending a hall to a neighbour."""

from typing import Any

from waiban.accounts.enums import Role
from waiban.workflow.definition import Flow, Per, Stage, Step

CONDITIONS = {
    "is_large": lambda facts, member: facts.case("large"),
    "needs_badge": lambda facts, member: facts.member(member, "badge"),
    "any_badge": lambda facts, member: facts.any_member("badge"),
}


def _step(
    no: int, key: str, name: str, who: str, limit: int, after: tuple[str, ...] = (), **more: Any
) -> Step:
    late = no > 7
    given: dict[str, Any] = {
        "short": name[:7],
        "public": f"{name}中",
        "stage": "lend" if late else "ask",
        "phase": "后" if late else "前",
        "fast": max(limit // 2, min(limit, 1)),
        "basis": "建议值",
        "inputs": ("申请书",),
        "outputs": ("回执",),
    }
    return Step(no=no, key=key, name=name, who=who, limit=limit, after=after, **(given | more))


# fmt: off
STEPS = (
    _step(1, "ask", "提出申请", Role.UNIT_CLERK, 2, submits=True),
    _step(2, "accept", "受理", Role.OUTBOUND_CLERK, 2, ("ask",), returns=("ask",)),
    _step(3, "study", "初审", Role.OUTBOUND_CLERK, 2, ("accept",), returns=("ask", "accept"), decides=True),
    _step(4, "fire", "消防会商", Role.FINANCE, 6, ("accept",), outside=True, when="is_large", decides=True,
          condition_text="两百人以上", na_text="人数不多", returns=("ask",)),
    _step(5, "review", "复核", Role.OUTBOUND_CHIEF, 2, ("study", "fire"), returns=("accept", "ask", "fire"),
          decides=True),
    _step(6, "approve", "审签", Role.DIRECTOR, 2, ("review",), returns=("ask", "review"), decides=True),
    _step(7, "photo", "交照片", Role.MEMBER, 2, ("accept",), per=Per.MEMBER, recorders=(Role.UNIT_CLERK,)),
    _step(8, "check", "验照片", Role.PASSPORT_CLERK, 2, ("photo",), per=Per.MEMBER, when="needs_badge",
          condition_text="须佩证", na_text="无须佩证", returns=("photo",)),
    _step(9, "badge", "制证", Role.MISSION, 4, ("check",), per=Per.MEMBER, when="needs_badge", outside=True,
          condition_text="须佩证", na_text="无须佩证", recorders=(Role.PASSPORT_CLERK,),
          returns=("photo", "check")),
    _step(10, "roster", "备名册", Role.PASSPORT_CLERK, 2, ("accept",), when="any_badge",
          condition_text="有人须佩证", na_text="无人佩证"),
    _step(11, "key", "交接钥匙", Role.PASSPORT_CLERK, 0, ("approve", "badge", "photo", "roster"),
          returns=("badge", "photo")),
    _step(12, "use", "使用礼堂", Role.UNIT_CLERK, 4, ("key",), outside=True, fixed="last_day"),
    _step(13, "hand_in", "交回证件", Role.PASSPORT_CLERK, 6, ("use",), per=Per.MEMBER, when="needs_badge",
          outside=True, condition_text="须佩证", na_text="无须佩证", calendar_days=3,
          calendar_from="last_day"),
    _step(14, "close", "归档", Role.OUTBOUND_CLERK, 2, ("use", "hand_in"), returns=("use", "hand_in")),
)
# fmt: on

HALL = Flow(
    key="hall",
    version=1,
    name="借用礼堂",
    stages=(Stage("ask", "申"), Stage("lend", "借")),
    steps=STEPS,
    conditions=CONDITIONS,
    anchor="accept",
    goal="key",
    target="day",
    return_reasons={"R1": "材料不全", "R9": "其他"},
    withdrawers=(Role.UNIT_CLERK, Role.UNIT_LEADER),
    managers=(Role.OUTBOUND_CHIEF, Role.DIRECTOR),
)
