"""Printed figures checked against the rows they are printed beside."""

from decimal import Decimal

from indicators.models import Framework
from indicators.progress import Contradiction, check_printed


def contradictions(framework: Framework) -> list[tuple[str, Contradiction, str]]:
    """What the framework's document prints and its own numbers do not give: (what, how, source).

    Listed, never corrected: which of the two numbers is wrong is not ours to decide.
    """
    found = []
    for row in framework.printed_facts.get("rates", []):
        wrong = check_printed(row["part"], row["whole"], Decimal(row["percent"]))
        if wrong is not None:
            found.append((row["text"], wrong, row["source"]))
    return found
