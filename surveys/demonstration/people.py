"""Invented respondents. The same seed gives the same people on every machine.

No rate here is a finding about any country: they were chosen so that weights have work to do,
intervals differ, and every screen has something to show.
"""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from surveys.models import Response

AREAS = ("BN", "KH", "ID", "LA", "MY", "MM", "PH", "SG", "TH", "TL", "VN")
AGES = ("15-24", "25-34", "35-44", "45-54", "55+")
# In which languages an area's invented people answer, and in which proportion.
SPOKEN = {
    "BN": {"ms": 80, "en": 20},
    "KH": {"km": 85, "en": 15},
    "ID": {"id": 85, "en": 15},
    "LA": {"lo": 85, "en": 15},
    "MY": {"ms": 70, "zh-hans": 12, "ta": 6, "en": 12},
    "MM": {"my": 85, "en": 15},
    "PH": {"fil": 60, "en": 40},
    "SG": {"en": 62, "zh-hans": 24, "ms": 8, "ta": 6},
    "TH": {"th": 85, "en": 15},
    "TL": {"tet": 65, "pt": 20, "en": 15},
    "VN": {"vi": 85, "en": 15},
}

# Shares of the invented population by age (women and men alike) and of people in towns.
_YOUNG = (0.27, 0.24, 0.20, 0.15, 0.14)
_MIDDLE = (0.20, 0.21, 0.20, 0.18, 0.21)
_OLD = (0.14, 0.18, 0.19, 0.19, 0.30)
AGE_SHARES = dict.fromkeys(AREAS, _MIDDLE) | {
    "TL": _YOUNG, "LA": _YOUNG, "KH": _YOUNG, "PH": _YOUNG, "SG": _OLD, "TH": _OLD,
}  # fmt: skip
TOWN_SHARES = {
    "BN": 0.78, "KH": 0.25, "ID": 0.58, "LA": 0.38, "MY": 0.78, "MM": 0.32,
    "PH": 0.48, "SG": 1.0, "TH": 0.53, "TL": 0.32, "VN": 0.39,
}  # fmt: skip
# Log-odds by which an area's invented people lean towards ASEAN.
_LEAN = {
    "BN": 0.5, "KH": 0.45, "ID": 0.0, "LA": 0.4, "MY": 0.1, "MM": -0.35,
    "PH": -0.1, "SG": 0.15, "TH": -0.05, "TL": 0.3, "VN": 0.35,
}  # fmt: skip


@dataclass(frozen=True)
class Fieldwork:
    """What to invent: how many per area, when, and how the mood differs from wave to wave."""

    seed: int
    counts: dict[str, int]
    unfinished: int
    first_day: date
    last_day: date
    shift: float


def margins() -> list[dict[str, Any]]:
    """The margins the demonstration weights rake to: invented, and saying so."""
    source = "Illustrative shares made for the demonstration; not official statistics"
    by_sex_and_age = {
        area: {
            f"{sex}|{age}": round(half * share, 6)
            for sex, half in (("F", 0.505), ("M", 0.495))
            for age, share in zip(AGES, AGE_SHARES[area], strict=True)
        }
        for area in AREAS
    }
    by_locality = {
        area: {"urban": town, "rural": round(1 - town, 6)} if town < 1 else {"urban": 1.0}
        for area, town in TOWN_SHARES.items()
    }
    return [
        {"variables": ["sex", "age_group"], "source": source, "vintage": "demonstration",
         "shares": by_sex_and_age},
        {"variables": ["locality"], "source": source, "vintage": "demonstration",
         "shares": by_locality},
    ]  # fmt: skip


def invent(fieldwork: Fieldwork, **columns: Any) -> Iterator[Response]:
    """The responses of a wave: the counts per area, then the unfinished ones."""
    dice = random.Random(fieldwork.seed)  # noqa: S311 (invented answers, not secrets)
    days = (fieldwork.last_day - fieldwork.first_day).days
    areas = [area for area in AREAS for _number in range(fieldwork.counts.get(area, 0))]
    dice.shuffle(areas)
    for area in areas:
        answers = _answers(dice, area, fieldwork.shift)
        day = fieldwork.first_day + timedelta(days=dice.randint(0, days))
        yield _response(dice, area, answers, day, Response.State.SUBMITTED, "last", columns)
    for _number in range(fieldwork.unfinished):
        area = dice.choice(AREAS)
        answers = _answers(dice, area, fieldwork.shift)
        reached = dice.choices(("about", "awareness", "benefit", "engagement"), (40, 30, 18, 12))[0]
        day = fieldwork.first_day + timedelta(days=dice.randint(0, days))
        kept = _up_to(answers, reached)
        yield _response(dice, area, kept, day, Response.State.ABANDONED, reached, columns)


_PAGES = {
    "about": ("area", "age_group", "sex", "locality"),
    "awareness": ("heard", "understanding", "sources"),
    "benefit": ("identity", "benefit_country", "benefit_me", "hope"),
    "engagement": ("satisfaction", "trust"),
    "last": ("education", "comment"),
}


def _up_to(answers: dict[str, Any], reached: str) -> dict[str, Any]:
    kept: list[str] = []
    for page, codes in _PAGES.items():
        kept += codes
        if page == reached:
            break
    return {code: answers[code] for code in kept if answers.get(code, "-7") != "-7"}


def _response(
    dice: random.Random,
    area: str,
    answers: dict[str, Any],
    day: date,
    state: str,
    reached: str,
    columns: dict[str, Any],
) -> Response:
    language = dice.choices([*SPOKEN[area]], [*SPOKEN[area].values()])[0]
    pace = dice.lognormvariate(0, 0.35) * (0.12 if dice.random() < 0.02 else 1)
    seconds = {}
    for page, codes in _PAGES.items():
        seconds[page] = round(9.0 * len(codes) * pace * dice.uniform(0.7, 1.4), 1)
        if page == reached:
            break
    paradata: dict[str, Any] = {
        "device": dice.choices(("phone", "computer", "tablet"), (78, 18, 4))[0],
        "languages": [language] if dice.random() < 0.93 else ["en", language],
        "seconds": seconds,
        "script": dice.random() < 0.96,
    }
    if state == Response.State.SUBMITTED and dice.random() < 0.004:
        paradata["honeypot"] = True
    is_submitted = state == Response.State.SUBMITTED
    return Response(
        id=uuid.UUID(int=dice.getrandbits(128), version=4),
        state=state,
        language=language,
        area=area,
        answers=answers,
        paradata=paradata,
        consent_language=language,
        consent_on=day,
        started_on=day,
        submitted_on=day if is_submitted else None,
        last_page=reached,
        is_demonstration=True,
        **columns,
    )


def _yes(dice: random.Random, log_odds: float) -> bool:
    return dice.random() < 1 / (1 + 2.718281828**-log_odds)


def _answers(dice: random.Random, area: str, shift: float) -> dict[str, Any]:
    # Who answers on the web is younger, more urban and better schooled than the population:
    # this is what the weights repair.
    age = dice.choices(
        AGES, [s * pull for s, pull in zip(AGE_SHARES[area], (1.6, 1.4, 1, 0.7, 0.4), strict=True)]
    )[0]
    sex = dice.choices(("F", "M", "-8"), (47, 52, 1))[0]
    town = TOWN_SHARES[area]
    locality = "urban" if dice.random() < town * 1.5 / (town * 1.5 + (1 - town)) else "rural"
    education = dice.choices(
        ("none", "primary", "secondary", "vocational", "tertiary", "-8"), (3, 12, 38, 15, 30, 2)
    )[0]
    lean = _LEAN[area] + shift
    lean += 0.25 if locality == "urban" else -0.2
    lean += {"tertiary": 0.5, "vocational": 0.1, "none": -0.6, "primary": -0.4}.get(education, 0)
    lean += {"15-24": 0.2, "55+": -0.25}.get(age, 0)

    heard = "yes" if _yes(dice, 1.15 + lean) else ("-9" if dice.random() < 0.15 else "no")
    answers: dict[str, Any] = {
        "area": area, "age_group": age, "sex": sex, "locality": locality, "heard": heard,
    }  # fmt: skip
    if heard == "yes":
        answers["understanding"] = _step(dice, lean - 0.2, 4, unknown=0.03)
        sources = [
            code
            for code, rate in (
                ("tv", 0.45), ("radio", 0.14), ("press", 0.2), ("web", 0.42), ("social", 0.55),
                ("school", 0.5 if age == "15-24" else 0.12), ("people", 0.25), ("events", 0.1),
            )
            if dice.random() < rate
        ]  # fmt: skip
        answers["sources"] = sources or ["none"]
    else:
        answers["understanding"] = answers["sources"] = "-7"
    answers["identity"] = _step(dice, lean + 0.9, 4, unknown=0.05)
    answers["benefit_country"] = _benefit(dice, 0.75 + lean, unknown=0.13)
    answers["benefit_me"] = _benefit(dice, -0.15 + lean, unknown=0.15)
    answers["hope"] = _step(dice, lean + 0.6, 4, unknown=0.06)
    satisfaction = _step(dice, lean + 0.25, 5, unknown=0.07)
    answers["satisfaction"] = satisfaction if satisfaction == "-9" else int(satisfaction)
    trust = {
        row: _step(dice, lean + offset, 4, unknown=0.05)
        for row, offset in (("asean", 0.4), ("government", 0.2), ("local", 0.3), ("media", -0.2))
    }
    answers["trust"] = dict.fromkeys(trust, "3") if dice.random() < 0.05 else trust
    answers["education"] = education
    if dice.random() < 0.06:
        answers["comment"] = dice.choice(_COMMENTS)
    return answers


def _benefit(dice: random.Random, log_odds: float, *, unknown: float) -> str:
    if dice.random() < unknown:
        return "-9"
    return "benefited" if _yes(dice, log_odds) else "not"


def _step(dice: random.Random, log_odds: float, highest: int, *, unknown: float) -> str:
    """A point on a scale from 1 to `highest`, higher for higher log-odds."""
    if dice.random() < unknown:
        return "-9"
    return str(1 + sum(_yes(dice, log_odds * 0.8) for _point in range(highest - 1)))


_COMMENTS = (
    "Easier travel for students.",
    "Tell us about it in our own language.",
    "Clean air in the dry season.",
    "Jobs for young people across the border.",
    "More about small businesses, please.",
    "Help each other when there is a flood.",
)
