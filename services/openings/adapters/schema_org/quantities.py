"""Numbers, truth values, hours a week, pay and prices."""

from __future__ import annotations

import math
import re

from polku.openings.v1 import opening_pb2 as pb
from polku.type.v1.types_pb2 import Answer

from services.openings.adapters.schema_org.reading import Node, choose
from services.openings.adapters.schema_org.words import ANSWERS, PAY_UNITS

HOURS_IN_WEEK = 80.0
MOST_PAY = 1_000_000.0
MOST_COST = 100_000.0
_NUMBER = r"\d{1,12}(?:[.,]\d{1,6})?"
_PLAIN = re.compile(_NUMBER)
_RANGE = re.compile(rf"({_NUMBER})(?:\s*[-–—]\s*({_NUMBER}))?")
_HOURS_A_WEEK = re.compile(
    rf"{_RANGE.pattern}\s*(?:h|hours?|tuntia|tim|timmar)\.?\s*(?:/|per |a |i )?\s*"
    r"(?:week|wk|vko|vk|viikossa|veckan?)\.?",
    re.IGNORECASE,
)
_CURRENCY = re.compile(r"[A-Z]{3}")

Hours = tuple[float | None, float | None]


def number(node: Node | None, *, highest: float) -> float | None:
    """A number from 0 to `highest`; a string of digits counts as one."""
    if node is None:
        return None
    value = node.scalar()
    if isinstance(value, str) and _PLAIN.fullmatch(value.strip()):
        value = float(value.strip().replace(",", "."))
    if isinstance(value, bool | str) or value is None:
        node.fault("NUMBER_INVALID", f"Give a number from 0 to {highest:g}.", value=str(value or ""))
        return None
    if not (math.isfinite(value) if isinstance(value, float) else True) or not 0 <= value <= highest:
        near = highest if value > 0 else 0
        node.fault(
            "NUMBER_OUT_OF_RANGE", f"Give a number from 0 to {highest:g}.", value=_short(value), nearest=f"{near:g}"
        )
        return None
    return float(value)


def integer(node: Node | None, *, highest: int) -> int | None:
    """A whole number from 0 to `highest`."""
    value = number(node, highest=highest)
    if node is None or value is None:
        return None
    if not value.is_integer():
        node.fault("NUMBER_NOT_WHOLE", "Give a whole number.", value=f"{value:g}", nearest=f"{math.floor(value)}")
        return None
    return int(value)


def answer(node: Node | None) -> Answer.Value.ValueType:
    """Yes, no, or not known where nothing is said."""
    if node is not None and isinstance(node.scalar(), bool):
        return Answer.VALUE_YES if node.scalar() else Answer.VALUE_NO
    return choose(node, ANSWERS, "ANSWER_INVALID", "a truth value") or Answer.VALUE_UNSPECIFIED


def weekly_hours(node: Node | None) -> Hours:
    """Fewest and most hours a week: a number, "20-30", or a QuantitativeValue with minValue and maxValue."""
    if node is None:
        return None, None
    low, high = node.one("minValue"), node.one("maxValue")
    if low is not None or high is not None:
        return number(low, highest=HOURS_IN_WEEK), number(high, highest=HOURS_IN_WEEK)
    inner = node.one("value") or node
    found = _RANGE.fullmatch(inner.text())
    if found is not None:
        return _hours(inner, found)
    value = number(inner, highest=HOURS_IN_WEEK)
    return value, value


def hours_in_words(node: Node) -> Hours | None:
    """Hours a week that a text such as "20–30 h/week" gives; None for other words, such as "night shift"."""
    if node.types() or isinstance(node.scalar(), int | float):
        return weekly_hours(node)
    found = _HOURS_A_WEEK.fullmatch(node.text())
    return _hours(node, found) if found is not None else None


def pay(salary: Node | None, currency: Node | None) -> pb.Pay | None:
    """`baseSalary`: a MonetaryAmount whose value is a number or a QuantitativeValue, or a bare number.

    Pay by the week is turned into pay by the year, 52 weeks of it: the protos know no weekly pay.
    """
    if salary is None:
        return None
    value = salary.one("value") or salary
    unit = choose(value.first("unitText") or salary.one("unitText"), PAY_UNITS, "PAY_UNIT_UNKNOWN", "a unit of time")
    kind, factor = unit or (pb.Pay.UNIT_UNSPECIFIED, 1.0)
    low, high = _amounts(value, salary)
    return pb.Pay(
        minimum=None if low is None else low * factor,
        maximum=None if high is None else high * factor,
        currency=_currency(salary.one("currency") or currency),
        unit=kind,
    )


def cost(offer: Node) -> float | None:
    """The price of an Offer in euros; a price in another currency is a fault."""
    currency = offer.one("priceCurrency")
    code = _currency(currency)
    if currency is not None and code not in ("", "EUR"):
        currency.fault("CURRENCY_UNSUPPORTED", "Give the price in euros.", value=code, nearest="EUR")
        return None
    return number(offer.one("price"), highest=MOST_COST)


def _amounts(value: Node, salary: Node) -> Hours:
    fixed = value.one("value") or (value if value.scalar() is not None else None)
    if fixed is not None:
        amount = number(fixed, highest=MOST_PAY)
        return amount, amount
    low = value.one("minValue") or salary.one("minValue")
    high = value.one("maxValue") or salary.one("maxValue")
    if low is None and high is None:
        salary.fault("PAY_EMPTY", "Give value, or minValue and maxValue, or leave the pay out.")
    return number(low, highest=MOST_PAY), number(high, highest=MOST_PAY)


def _currency(node: Node | None) -> str:
    if node is None:
        return ""
    code = node.text()
    if not _CURRENCY.fullmatch(code):
        near = {"€": "EUR", "": "EUR"}.get(code, code.upper() if _CURRENCY.fullmatch(code.upper()) else "EUR")
        node.fault("CURRENCY_INVALID", "Use an ISO 4217 code.", value=code, nearest=near)
        return ""
    return code


def _hours(node: Node, found: re.Match[str]) -> Hours:
    low, high = (float(text.replace(",", ".")) for text in (found[1], found[2] or found[1]))
    if high > HOURS_IN_WEEK or low > HOURS_IN_WEEK:
        rule = f"Give hours a week from 0 to {HOURS_IN_WEEK:g}."
        node.fault("NUMBER_OUT_OF_RANGE", rule, value=found[0], nearest=f"{HOURS_IN_WEEK:g}")
        return None, None
    return low, high


def _short(value: float | int) -> str:
    """A number for people; one of thousands of digits is not written out."""
    return str(value) if isinstance(value, float) or abs(value) < 10**15 else "a very large number"
