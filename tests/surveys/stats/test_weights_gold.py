"""Weights agree with R's `survey` on the simulated survey."""

import numpy as np
import pytest

from surveys.stats import weights

from . import gold

KEYS = [
    (w, c) for w in ("2024", "2026") for c in "BRN IDN KHM LAO MMR MYS PHL SGP THA TLS VNM".split()
]


def rows_of(wave, country):
    return np.flatnonzero(gold.country_wave() == f"{wave} {country}")


def factors(rows):
    data = gold.respondents().iloc[rows]
    return {name: data[name].to_numpy() for name in gold.RAKED_ON}


def test_raked_weights_of_every_respondent_agree():
    found, accounts = gold.raked()
    gold.agree(found, gold.read("sim/expected/weights.csv")["w_rake"], rel=1e-8, what="w_rake")
    assert all(account.converged for account in accounts.values())


@pytest.mark.parametrize(("wave", "country"), KEYS)
def test_post_stratified_weights_agree(wave, country):
    rows = rows_of(wave, country)
    data = gold.respondents().iloc[rows]
    cells = gold.cells()[gold.cells()["country"] == country]
    sums = cells.groupby(["age_group", "sex"])["population"].sum()
    populations = {f"{age} {sex}": float(value) for (age, sex), value in sums.items()}
    found = weights.post_stratify(
        data["w_base"], (data["age_group"] + " " + data["sex"]).to_numpy(), populations
    )
    expected = gold.read("sim/expected/weights.csv")["w_ps"].to_numpy()[rows]
    gold.agree(found, expected, rel=1e-8, what="w_ps")


@pytest.mark.parametrize(("wave", "country"), KEYS)
def test_raking_takes_the_same_passes_to_the_same_error(wave, country):
    expected = gold.read("sim/expected/raking_convergence.csv")
    rows = rows_of(wave, country)
    base = gold.respondents()["w_base"].to_numpy()[rows]
    for line in expected[(expected.wave == wave) & (expected.country == country)].itertuples():
        found = weights.rake(base, factors(rows), gold.margins()[country], tolerance=line.tol)
        assert found.passes == line.iterations
        gold.agree(found.error, line.max_rel_margin_error, rel=1e-3, absolute=1e-15, what="error")


@pytest.mark.parametrize(("wave", "country"), KEYS)
def test_trimming_agrees(wave, country):
    table = gold.read("sim/expected/trimming.csv")
    line = table[(table.wave == wave) & (table.country == country)].iloc[0]
    rows = rows_of(wave, country)
    raked = gold.raked()[0][rows]
    low, high = 0.3 * raked.mean(), 3 * raked.mean()
    assert int(((raked < low) | (raked > high)).sum()) == line.n_outside
    once = weights.trim_once(raked, low, high)
    gold.agree(
        [once.min(), once.max(), once.sum()],
        [line.onepass_min, line.onepass_max, line.onepass_sum],
        rel=1e-8,
    )
    strict, passes = weights.trim(raked, low, high)
    gold.agree(
        [strict.min(), strict.max(), strict.sum(), weights.kish(strict).deff],
        [line.strict_min, line.strict_max, line.strict_sum, line.strict_kish],
        rel=1e-5,
    )
    assert abs(passes - line.strict_passes) <= 1
    both = weights.rake(
        gold.respondents()["w_base"].to_numpy()[rows],
        factors(rows),
        gold.margins()[country],
        tolerance=1e-12,
        lower=0.3,
        upper=3.0,
    )
    assert both.cycles == line.trimrake_cycles
    assert both.converged == (str(line.trimrake_converged).upper() == "TRUE")
    gold.agree(
        [both.weights.min(), both.weights.max(), weights.kish(both.weights).deff],
        [line.trimrake_min, line.trimrake_max, line.trimrake_kish],
        rel=1e-5,
    )


@pytest.mark.parametrize("country", ["IDN", "SGP", "TLS"])
def test_trimmed_weights_of_every_respondent_agree(country):
    table = gold.read("sim/expected/weights_trimmed.csv")
    table = table[table.country == country]
    rows = table["rid"].to_numpy() - 1
    raked = gold.raked()[0][rows]
    strict, _ = weights.trim(raked, 0.3 * raked.mean(), 3 * raked.mean())
    gold.agree(strict, table["w_trim"], rel=1e-5, what="w_trim")
    both = weights.rake(
        gold.respondents()["w_base"].to_numpy()[rows],
        factors(rows),
        gold.margins()[country],
        tolerance=1e-12,
        lower=0.3,
        upper=3.0,
    )
    gold.agree(both.weights, table["w_trim_rake"], rel=1e-5, what="w_trim_rake")


@pytest.mark.parametrize("column", ["w_base", "w_rake"])
def test_kish_diagnostics_agree(column):
    table = gold.read("sim/expected/weight_diagnostics.csv")
    source = gold.raked()[0] if column == "w_rake" else gold.respondents()["w_base"].to_numpy()
    for line in table[table.weight == column].itertuples():
        found = weights.kish(source[rows_of(line.wave, line.country)])
        assert found.n == line.n
        gold.agree(
            [
                found.total,
                found.mean,
                found.minimum,
                found.maximum,
                found.cv,
                found.deff,
                found.n_effective,
            ],
            [
                line.sum_w,
                line.mean_w,
                line.min_w,
                line.max_w,
                line.cv_w,
                line.deff_kish,
                line.n_eff,
            ],
            rel=1e-9,
        )
