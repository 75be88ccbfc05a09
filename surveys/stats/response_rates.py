"""Outcome rates of the AAPOR Standard Definitions (10th edition, 2023)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Dispositions:
    """Final dispositions of all cases, per country and wave: counts, never a typed-in percentage."""

    complete: int
    partial: int = 0
    refusal: int = 0
    non_contact: int = 0
    other_eligible: int = 0
    unknown_household: int = 0
    unknown_other: int = 0
    not_eligible: int = 0


@dataclass(frozen=True)
class ResponseRates:
    """`e` is the estimated share of eligible among cases of unknown eligibility, eligible /
    (eligible + not eligible). A rate whose base is 0 is None. RR5 and RR6 may be quoted only where
    no case is of unknown eligibility."""

    e: float | None
    rr1: float | None
    rr2: float | None
    rr3: float | None
    rr4: float | None
    rr5: float | None
    rr6: float | None
    coop1: float | None
    coop2: float | None
    coop3: float | None
    coop4: float | None
    ref1: float | None
    ref2: float | None
    ref3: float | None
    con1: float | None
    con2: float | None
    con3: float | None


def response_rates(cases: Dispositions, *, e: float | None = None) -> ResponseRates:
    """All rates; `e` may be given where it was obtained otherwise (say how beside the figure)."""
    for name, count in vars(cases).items():
        if count < 0 or int(count) != count:
            raise ValueError(f"{name} is {count!r}. Dispositions are counts of zero or more.")
    if e is not None and not 0 <= e <= 1:
        raise ValueError(f"e is {e!r}. It is a share between 0 and 1.")
    full, partial, refused = cases.complete, cases.partial, cases.refusal
    contacted = full + partial + refused + cases.other_eligible
    eligible = contacted + cases.non_contact
    unknown = cases.unknown_household + cases.unknown_other
    share = e if e is not None else _over(eligible, eligible + cases.not_eligible)
    likely = eligible + (share or 0.0) * unknown
    every = eligible + unknown
    asked = full + partial + refused
    return ResponseRates(
        e=share,
        rr1=_over(full, every),
        rr2=_over(full + partial, every),
        rr3=_over(full, likely),
        rr4=_over(full + partial, likely),
        rr5=_over(full, eligible),
        rr6=_over(full + partial, eligible),
        coop1=_over(full, contacted),
        coop2=_over(full + partial, contacted),
        coop3=_over(full, asked),
        coop4=_over(full + partial, asked),
        ref1=_over(refused, every),
        ref2=_over(refused, likely),
        ref3=_over(refused, eligible),
        con1=_over(contacted, every),
        con2=_over(contacted, likely),
        con3=_over(contacted, eligible),
    )


def _over(top: float, bottom: float) -> float | None:
    return top / bottom if bottom else None
