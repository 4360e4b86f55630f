"""When a step applies: pure questions to the facts, answered yes, no, or None while it is not known yet."""

from waiban.workflow.definition import Condition, Facts


def case_fact(name: str) -> Condition:
    """Return the condition that is a fact of the whole delegation."""

    def ask(facts: Facts, member: int | None) -> bool | None:
        return facts.case(name)

    return ask


def member_fact(name: str) -> Condition:
    """Return the condition that is a fact of one member."""

    def ask(facts: Facts, member: int | None) -> bool | None:
        return facts.member(member, name)

    return ask


def both(left: bool | None, right: bool | None) -> bool | None:
    """Three-valued AND: one no decides, otherwise one unknown leaves it open."""
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def negate(value: bool | None) -> bool | None:
    """Three-valued NOT."""
    return None if value is None else not value


def any_member_needs_visa(facts: Facts, member: int | None) -> bool | None:
    """Somebody in the group needs a visa."""
    return facts.any_member("needs_visa")


def needs_biometrics(facts: Facts, member: int | None) -> bool | None:
    """A new document is needed and no photo and fingerprints are on file."""
    return both(
        facts.member(member, "needs_new_document"), negate(facts.member(member, "biometrics_on_file"))
    )


def needs_presence(facts: Facts, member: int | None) -> bool | None:
    """The member needs a visa for which he has to appear in person."""
    return both(facts.member(member, "needs_visa"), facts.member(member, "presence_required"))


def needs_exit_proof(facts: Facts, member: int | None) -> bool | None:
    """The office still issues exit certificates, and a country asks for no visa sticker."""
    return both(facts.case("exit_proof_in_use"), facts.member(member, "enters_without_sticker"))


CONDITIONS: dict[str, Condition] = {
    "member_is_classified": member_fact("is_classified"),
    "is_cross_unit": case_fact("is_cross_unit"),
    "needs_opinion": case_fact("needs_opinion"),
    "needs_province": case_fact("needs_province"),
    "needs_new_document": member_fact("needs_new_document"),
    "needs_biometrics": needs_biometrics,
    "needs_visa": member_fact("needs_visa"),
    "any_member_needs_visa": any_member_needs_visa,
    "needs_presence": needs_presence,
    "needs_exit_proof": needs_exit_proof,
    "outcomes_exist": case_fact("outcomes_exist"),
}
