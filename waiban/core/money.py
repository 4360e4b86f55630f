"""Amounts: stored in 元 as Decimal, read in 万 and 亿."""

from decimal import ROUND_HALF_UP, Decimal

UNITS = (("亿", Decimal(10) ** 8), ("万", Decimal(10) ** 4))
NOTHING = "—"


def in_units(yuan: Decimal | int | None, unit: str = "") -> str:
    """Return an amount of 元 in the largest unit that fits, at most two decimals: 4650000000 → "46.5 亿".

    unit: "亿", "万" or "元" fixes it, so that a column of figures can be compared; None gives "—".
    """
    if yuan is None:
        return NOTHING
    amount = Decimal(yuan)
    for name, size in UNITS:
        if unit == name or (not unit and abs(amount) >= size):
            return f"{_trim(amount / size)} {name}"
    return f"{_trim(amount)} 元"


def _trim(amount: Decimal) -> str:
    """Half up to two decimals, thousands apart, no needless zeros."""
    text = f"{amount.quantize(Decimal('0.01'), ROUND_HALF_UP):,.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", "−")
