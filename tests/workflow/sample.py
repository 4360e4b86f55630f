"""An invented flow of another business, which walks through every act: lending a hall to a neighbour."""

from waiban.workflow.definition import Facts, Flow, Per, Stage, Step

CONDITIONS = {
    "is_large": lambda facts, member: facts.case("large"),
    "needs_badge": lambda facts, member: facts.member(member, "badge"),
    "any_badge": lambda facts, member: facts.any_member("badge"),
}


def _step(no, key, name, who, limit, after=(), **more) -> Step:
    return Step(
        no=no, key=key, name=name, short=name[:7], public=f"{name}中", stage="a" if no < 6 else "b",
        phase="前" if no < 6 else "后", who=who, limit=limit, fast=max(limit // 2, 1), after=after,
        basis="建议值", inputs=("申请书",), outputs=("回执",), **more,
    )  # fmt: skip


def member_known(facts: Facts, member: int | None) -> bool | None:
    return facts.member(member, "badge")


HALL = Flow(
    key="hall",
    version=1,
    name="借用礼堂",
    stages=(Stage("a", "申"), Stage("b", "办")),
    steps=(
        _step(1, "ask", "提出申请", "unit_clerk", 2, submits=True),
        _step(2, "accept", "受理", "outbound_clerk", 2, ("ask",), returns=("ask",), decides=True),
        _step(3, "fire", "消防会商", "finance", 6, ("accept",), outside=True, when="is_large", decides=True),
        _step(4, "review", "复核", "outbound_chief", 2, ("accept", "fire"), returns=("accept", "ask"), decides=True),
        _step(5, "approve", "审签", "director", 2, ("review",), returns=("ask", "review"), decides=True),
        _step(6, "photo", "交照片", "member", 2, ("accept",), per=Per.MEMBER, recorders=("unit_clerk",)),
        _step(
            7, "badge", "制证", "passport_clerk", 4, ("photo",), per=Per.MEMBER, when="needs_badge",
            outside=True, returns=("photo",),
        ),
        _step(8, "key", "交接钥匙", "passport_clerk", 1, ("approve", "badge"), returns=("badge",)),
        _step(9, "close", "归档", "outbound_clerk", 2, ("key",), returns=("key",)),
    ),
    conditions=CONDITIONS,
    anchor="accept",
    goal="key",
    target="day",
    return_reasons={"R1": "材料不全", "R9": "其他"},
    withdrawers=("unit_clerk", "unit_leader"),
    managers=("outbound_chief", "director"),
)  # fmt: skip
