"""The hard rules on who goes, where and for how long (R1 to R9, R12, R13): pure functions of a snapshot."""

from datetime import timedelta

from delegations.enums import EntryKind, Level, MemberRole
from delegations.rules.findings import Finding, Weight
from delegations.rules.limits import Limits
from delegations.rules.person import add_months, age_on, expires_too_early
from delegations.rules.snapshot import MemberView, Snapshot

SECTION_LIMITS = "因公临时出国人数、国数、天数限量管理规定"


def people(view: Snapshot, limits: Limits) -> Finding:
    """R1: at most six people, interpreters and staff included; teaching and research staff are exempt."""
    count = len(view.members)
    if view.free_of_quota:
        return Finding("R1", True, Weight.BLOCK, f"{count} 人，教学科研类不限人数", source=SECTION_LIMITS)
    return Finding(
        "R1",
        count <= limits.max_members if count else None,
        Weight.BLOCK,
        f"{count} 人，上限 {limits.max_members} 人",
        f"团组（含翻译和工作人员）不得超过 {limits.max_members} 人，请减少成员。",
        SECTION_LIMITS,
    )


def countries(view: Snapshot, limits: Limits) -> Finding:
    """R2: at most three countries and regions in one trip, transit outside the airport included."""
    count = view.countries
    return Finding(
        "R2",
        count <= limits.max_countries if count else None,
        Weight.BLOCK,
        f"{count} 国，上限 {limits.max_countries} 国",
        f"每次出访不得超过 {limits.max_countries} 个国家和地区（经停出机场也计入），请减少。",
        SECTION_LIMITS,
    )


def one_continent(view: Snapshot, limits: Limits) -> Finding:
    """R2: as a rule all countries lie on one continent."""
    continents = {stop.continent for stop in view.stops if stop.counts and stop.continent}
    return Finding(
        "R2b",
        len(continents) <= 1 if continents else None,
        Weight.WARN,
        "出访国在同一大洲" if len(continents) <= 1 else f"出访国分布在 {len(continents)} 个大洲",
        "原则上应在同一大洲，确有需要的请在任务说明中写明理由。",
        SECTION_LIMITS,
    )


def stay(view: Snapshot, limits: Limits) -> Finding:
    """R3, R4, R5: days abroad by number of countries, one more for Latin America and Africa."""
    days, count = view.days, view.countries
    if days is None or not count or days < 1:
        return Finding(
            "R3", None, Weight.BLOCK, "在外天数待定", "请填写出境、回国日期和出访国家。", SECTION_LIMITS
        )
    if view.free_of_quota:
        return Finding("R3", True, Weight.BLOCK, f"{days} 天，教学科研类按需核定", source=SECTION_LIMITS)
    allowed = limits.longest_stay(count, long_haul=view.long_haul)
    return Finding(
        "R3",
        days <= allowed,
        Weight.BLOCK,
        f"{days} 天，上限 {allowed} 天",
        f"{count} 国在外不得超过 {allowed} 天（离境、抵境当日均计入），请缩短行程。",
        SECTION_LIMITS,
    )


def date_order(view: Snapshot, limits: Limits) -> Finding:
    """The day of return is not before the day of exit."""
    days = view.days
    ok = None if days is None else days >= 1
    return Finding("DATES", ok, Weight.BLOCK, "出境与回国日期", "回国日期不得早于出境日期，请改正。")


def trips_since(member: MemberView, view: Snapshot, years: int) -> int:
    """Count the official trips of a member in the years before this exit."""
    if view.exit_date is None:
        return 0
    start = add_months(view.exit_date, -12 * years)
    return sum(start < day < view.exit_date for day in member.trips)


def frequency(view: Snapshot, limits: Limits) -> Finding:
    """R6, R7: how often officials of bureau and division level may go; a warning, for the office decides."""
    if view.free_of_quota or view.exit_date is None or not view.members:
        ok = True if view.free_of_quota else None
        return Finding(
            "R6", ok, Weight.WARN, "频次不限" if ok else "频次待核", source="山东省因公出国限量管理口径"
        )
    over = [member.name for member in view.members if _goes_too_often(member, view, limits)]
    return Finding(
        "R6",
        not over,
        Weight.WARN,
        f"{'、'.join(over)}出访频次超限" if over else "频次未超限",
        f"厅局级 {limits.bureau_years} 年内不超过 {limits.bureau_trips} 次、"
        f"处级 {limits.division_years} 年内不超过 {limits.division_trips} 次，请换人或在请示中专门说明。",
        "山东省因公出国限量管理口径（2013 年公布，本级执行数可在设置中调整）",
    )


def _goes_too_often(member: MemberView, view: Snapshot, limits: Limits) -> bool:
    if member.level in {Level.BUREAU, Level.DEPUTY_BUREAU}:
        return trips_since(member, view, limits.bureau_years) >= limits.bureau_trips
    if member.level == Level.DIVISION:
        return trips_since(member, view, limits.division_years) >= limits.division_trips
    return False


def retired(view: Snapshot, limits: Limits) -> Finding:
    """R8: retired persons are not sent any more."""
    names = [member.name for member in view.members if member.retired]
    return Finding(
        "R8",
        not names if view.members else None,
        Weight.BLOCK,
        f"{'、'.join(names)}已离退休" if names else "无离退休人员",
        "离退休人员不再派遣出访，请换人。",
        SECTION_LIMITS,
    )


def health(view: Snapshot, limits: Limits) -> Finding:
    """R16: members of 70 years and more hand in a health certificate."""
    day = view.exit_date
    old = [m.name for m in view.members if day and m.birth and age_on(m.birth, day) >= limits.health_age]
    return Finding(
        "R16",
        not old,
        Weight.WARN,
        f"{'、'.join(old)}年满 {limits.health_age} 岁" if old else f"成员均未满 {limits.health_age} 岁",
        "请附健康证明和担保。",
        "因公出国材料要求",
    )


def split_groups(view: Snapshot, limits: Limits) -> Finding:
    """R8: groups with one inviter, one country and neighbouring days may not be one group cut in parts."""
    if view.exit_date is None or view.entry_date is None:
        return Finding("R8b", None, Weight.WARN, "拆分团组待核", source=SECTION_LIMITS)
    wide = timedelta(days=limits.split_days)
    mine = {(letter.inviter, letter.stop) for letter in view.invitations}
    near = [
        other
        for other in view.others
        if (other.inviter, other.stop) in mine
        and other.exit_date <= view.entry_date + wide
        and other.entry_date >= view.exit_date - wide
    ]
    total = len(view.members) + sum(other.members for other in near)
    suspect = bool(near) and total > limits.max_members
    names = "、".join(other.reference for other in near)
    return Finding(
        "R8b",
        not suspect,
        Weight.WARN,
        f"疑似拆分团组：与{names}合计 {total} 人" if suspect else "未见拆分团组",
        "同一邀请单位、同一国家、日期相邻的团组不得分拆报批，请合并或说明。",
        SECTION_LIMITS,
    )


def one_leadership(view: Snapshot, limits: Limits) -> Finding:
    """R9: leaders of one unit as a rule do not travel in the same group."""
    units = [member.unit for member in view.members if member.in_leadership and member.unit]
    double = sorted({unit for unit in units if units.count(unit) > 1})
    return Finding(
        "R9",
        not double,
        Weight.WARN,
        f"{'、'.join(double)}有两名以上班子成员同团" if double else "无班子成员同团",
        "同一单位领导班子成员原则上不同团出访，请调整或说明。",
        "因公临时出国管理规定",
    )


def official_share(view: Snapshot, limits: Limits) -> Finding:
    """R12: official activities fill at least two thirds of the half days abroad."""
    days = view.days
    if not days or days < 1 or not view.entries:
        return Finding(
            "R12", None, Weight.WARN, "公务占比待核", "请按上午、下午逐日填写日程。", "因公临时出国团组须知"
        )
    halves = days * 2
    official = len({(entry.day, entry.half) for entry in view.entries if entry.kind == EntryKind.OFFICIAL})
    up, down = limits.official_share
    return Finding(
        "R12",
        official * down >= halves * up,
        Weight.WARN,
        f"公务占 {official}/{halves}",
        f"公务活动应占在外日程的 {up}/{down} 以上，请充实日程。",
        "因公临时出国团组须知",
    )


def passports(view: Snapshot, limits: Limits) -> Finding:
    """R13: passports outlive the return by six months; others are renewed on the way, so this only warns."""
    if view.entry_date is None or not view.members:
        return Finding("R13", None, Weight.WARN, "护照待核", source="因公护照管理规定")
    bad = [m.name for m in view.members if _needs_new(m, view, limits)]
    unknown = [m.name for m in view.members if m.has_document is None]
    text = "护照均有效"
    if bad:
        text = f"{'、'.join(bad)}须新办或换发护照"
    elif unknown:
        text = f"{'、'.join(unknown)}护照情况未填"
    return Finding(
        "R13",
        False if bad else None if unknown else True,
        Weight.WARN,
        text,
        f"护照须在回国后 {limits.passport_months} 个月内有效并有空白页；"
        "新办约多需 8 至 10 天，请今天就安排采集。",
        "因公护照管理规定",
    )


def _needs_new(member: MemberView, view: Snapshot, limits: Limits) -> bool:
    assert view.entry_date is not None
    if member.has_document is False:
        return True
    if member.document_expires is None:
        return False
    short = member.blank_pages is not None and member.blank_pages < limits.blank_pages
    return short or expires_too_early(member.document_expires, view.entry_date, limits.passport_months)


def one_leader(view: Snapshot, limits: Limits) -> Finding:
    """A group has exactly one leader."""
    leaders = [member.name for member in view.members if member.role == MemberRole.LEADER]
    return Finding(
        "LEADER",
        len(leaders) == 1 if view.members else None,
        Weight.BLOCK,
        f"团长{leaders[0]}" if len(leaders) == 1 else f"团长 {len(leaders)} 名",
        "每个团组须有且只有一名团长，请指定。",
        "团长负责制",
    )
