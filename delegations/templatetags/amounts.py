"""Amounts as a bookkeeper writes them: thousands apart, two decimals, a true minus sign."""

from decimal import Decimal

from django import template

register = template.Library()


@register.filter
def yuan(amount: Decimal | int | None) -> str:
    """Print 12345.6 as "12,345.60", None as "—"."""
    return "—" if amount is None else f"{Decimal(amount):,.2f}".replace("-", "−")


@register.filter
def trimmed(number: Decimal | int | None) -> str:
    """Print a number without needless zeros, thousands apart: 7.100000 → "7.1", None → "—"."""
    if number is None:
        return "—"
    text = f"{Decimal(number):,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "−")
