"""Reading the reference results and comparing with them."""

import gzip
import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from surveys.stats import estimates, measures, variance

GOLD = Path(__file__).parents[2] / "data" / "gold"
AGES = ("15-24", "25-34", "35-44", "45-54", "55+")
DOMAINS = {
    "total": ("all",),
    "age_group": AGES,
    "sex": ("F", "M"),
    "urban": ("urban", "rural"),
}
RAKED_ON = ("age_group", "sex", "urban")
compared = 0


def read(path: str, **options) -> pd.DataFrame:
    text = {"wave": str, "level": str, "row_level": str, "col_level": str}
    name = GOLD / path
    if not name.exists():
        name = GOLD / f"{path}.gz"
    opener = gzip.open if name.suffix == ".gz" else open
    with opener(name, "rt", encoding="utf-8") as file:
        return pd.read_csv(
            file, dtype=text, keep_default_na=False, na_values=["", "NaN"], **options
        )


def agree(got, expected, *, rel=0.0, absolute=0.0, what="") -> None:
    """Every pair within tolerance; the largest deviation is in the message."""
    global compared
    got = np.asarray(got, dtype=float)
    expected = np.asarray(expected, dtype=float)
    assert got.shape == expected.shape, what
    assert np.isfinite(got).all(), f"{what}: not finite at {np.flatnonzero(~np.isfinite(got))[:5]}"
    deviation = np.abs(got - expected)
    allowed = absolute + rel * np.abs(expected)
    worst = int(np.argmax(deviation - allowed)) if got.size else 0
    compared += got.size
    assert (deviation <= allowed).all(), (
        f"{what}: {got.flat[worst]!r} is not {expected.flat[worst]!r} (index {worst}, "
        f"{int((deviation > allowed).sum())} of {got.size} off)"
    )


@cache
def respondents() -> pd.DataFrame:
    data = read("sim/data/respondents.csv")
    assert (data["rid"] == np.arange(1, len(data) + 1)).all()
    return data


@cache
def margins() -> dict:
    out: dict = {}
    for row in read("sim/data/population_margins.csv").itertuples():
        of_country = out.setdefault(row.country, {})
        of_country.setdefault(row.variable, {})[row.category] = float(row.population)
    return out


@cache
def country_wave() -> np.ndarray:
    data = respondents()
    return (data["wave"] + " " + data["country"]).to_numpy()


@cache
def raked() -> tuple:
    from surveys.stats import weights

    data = respondents()
    by_group = {key: margins()[key.split()[1]] for key in np.unique(country_wave())}
    return weights.rake_by(
        country_wave(),
        data["w_base"],
        {name: data[name] for name in RAKED_ON},
        by_group,
        tolerance=1e-12,
    )


@cache
def design(weights: str = "raked") -> variance.Design:
    data = respondents()
    found = raked()[0] if weights == "raked" else data[weights]
    return variance.design(
        found, strata=[data["wave"], data["country"], data["stratum"]], psu=data["psu"]
    )


@cache
def kpis() -> dict:
    """The measures defined by sim/expected/kpis.json."""
    data = respondents()
    out = {}
    definitions = json.loads((GOLD / "sim/expected/kpis.json").read_text())
    for name, spec in definitions.items():
        if spec["type"] == "proportion":
            yes = spec["yes"] if isinstance(spec["yes"], list) else [spec["yes"]]
            out[name] = measures.share(data[spec["item"]], yes, spec["base"])
    out["sat_mean"] = measures.scored(data["q_sat"], {code: code for code in range(1, 6)})
    out["ben_net"] = measures.net(data["q_benefit"], (4, 5), (1, 2), range(1, 6))
    out["nps"] = measures.net(data["q_recommend"], (9, 10), range(0, 7), range(0, 11))
    out["ident_index"] = measures.index(
        [data[f"q_id{i}"] for i in (1, 2, 3)],
        {code: (code - 1) / 4 * 100 for code in range(1, 6)},
        minimum=2,
    )
    out["know_index"] = measures.index([data[f"q_kn{i}"] for i in (1, 2, 3)], {0: 0, 1: 100, 8: 0})
    assert set(out) == set(definitions)
    return out


@cache
def calibration() -> variance.Calibration:
    data = respondents()
    return variance.calibration(
        data["w_base"], {name: data[name] for name in RAKED_ON}, groups=country_wave()
    )


@cache
def all_estimates(calibrated: bool = False) -> dict:
    """(wave, country, domain, level, kpi) to `Estimated`, all from one design."""
    data = respondents()
    waves, countries = ("2024", "2026"), tuple(sorted(data["country"].unique()))
    out = {}
    for domain, levels in DOMAINS.items():
        column = np.full(len(data), "all") if domain == "total" else data[domain]
        within = estimates.domains(
            [data["wave"], data["country"], column], [waves, countries, levels]
        )
        rows = estimates.means(
            design(), kpis(), within=within, calibrated=calibration() if calibrated else None
        )
        for row in rows:
            wave, country, level = row.domain
            out[wave, country, domain, level, row.item] = row
    return out


@cache
def cells() -> pd.DataFrame:
    return read("sim/data/population_cells.csv")


def population(country: str, domain: str, level: str) -> float:
    found = cells()[cells()["country"] == country]
    if domain != "total":
        found = found[found[domain] == level]
    return float(found["population"].sum())
