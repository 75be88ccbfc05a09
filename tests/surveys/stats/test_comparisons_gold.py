"""Trends, group differences, cross tables and several tests at once agree with R."""

import numpy as np
import pytest

from surveys.stats import aggregates, comparisons, tables, variance

from . import gold

COUNTRIES = "BRN IDN KHM LAO MMR MYS PHL SGP THA TLS VNM".split()


def trend_lines(asean):
    table = gold.read("sim/expected/trend.csv")
    inside = table["country"].str.startswith("ASEAN")
    return table[inside if asean else ~inside]


def national(wave, country, kpi, calibrated=False):
    return gold.all_estimates(calibrated)[wave, country, "total", "all", kpi]


def test_trends_between_independent_waves_agree():
    for line in trend_lines(asean=False).itertuples():
        found = comparisons.between_waves(
            national("2024", line.country, line.kpi), national("2026", line.country, line.kpi)
        )
        assert found.df == line.df
        gold.agree(
            [found.first, found.second], [line.est_from, line.est_to], rel=1e-9, absolute=1e-10
        )
        gold.agree(
            [found.difference, found.se, found.t, found.low, found.high],
            [line.diff, line.se_diff_fixed, line.t, line.ci_lo, line.ci_hi],
            rel=1e-7,
            absolute=1e-9,
        )
        gold.agree(found.p, line.p_t, absolute=1e-8)
        calibrated = comparisons.between_waves(
            national("2024", line.country, line.kpi, True),
            national("2026", line.country, line.kpi, True),
        )
        gold.agree(calibrated.se, line.se_diff_cal, rel=1e-7)
        gold.agree(calibrated.p, line.p_t_cal, absolute=1e-8)


def test_adjusted_p_values_across_countries_agree():
    table = trend_lines(asean=False)
    for kpi in table["kpi"].unique():
        lines = table[table.kpi == kpi]
        gold.agree(comparisons.holm(lines["p_t"]), lines["p_holm"], absolute=1e-8)
        gold.agree(comparisons.benjamini_hochberg(lines["p_t"]), lines["p_bh"], absolute=1e-8)


def test_the_trend_of_the_aggregate_agrees():
    populations = {c: gold.population(c, "total", "all") for c in COUNTRIES}
    for line in trend_lines(asean=True).itertuples():
        parts = {}
        for country in COUNTRIES:
            change = comparisons.between_waves(
                national("2024", country, line.kpi), national("2026", country, line.kpi)
            )
            parts[country] = aggregates.Part(change.difference, change.se, change.df)
        found = aggregates.aggregate(parts, populations)
        gold.agree(found.estimate, line.diff, rel=1e-7, absolute=1e-9)
        gold.agree(found.se, line.se_diff_fixed, rel=1e-7)
        assert found.df_sum == line.df


@pytest.mark.parametrize("wave", ["2024", "2026"])
def test_differences_of_groups_in_one_wave_agree(wave):
    data = gold.respondents()
    table = gold.read("sim/expected/group_difference.csv")
    for line in table[table.wave == wave].itertuples():
        here = (data["wave"] == wave) & (data["country"] == line.country)
        in_a = (here & (data[line.domain] == line.level_a)).to_numpy()
        in_b = (here & (data[line.domain] == line.level_b)).to_numpy()
        measure = gold.kpis()[line.kpi]
        found = comparisons.between_groups(gold.design(), measure, in_a, in_b)
        assert found.df == line.df
        gold.agree(
            [found.second, found.first, found.difference],
            [line.est_a, line.est_b, line.diff],
            rel=1e-9,
            absolute=1e-10,
        )
        gold.agree([found.se, found.t], [line.se_diff_fixed, line.t], rel=1e-7, absolute=1e-9)
        gold.agree(found.p, line.p_t, absolute=1e-8)
        calibrated = comparisons.between_groups(
            gold.design(), measure, in_a, in_b, calibrated=gold.calibration()
        )
        gold.agree(calibrated.se, line.se_diff_cal, rel=1e-7)


def crossed_columns():
    data = gold.respondents()
    satisfied = np.where(data["q_sat"].isin(range(1, 6)), data["q_sat"], np.nan)
    aware = gold.kpis()["aware"].numbers()
    benefit = data["q_benefit"].map({1: 1, 2: 1, 3: 2, 4: 3, 5: 3}).to_numpy()
    return {"sat5": satisfied, "aware2": aware, "ben3": benefit}


def test_rao_scott_tests_and_cells_agree():
    data = gold.respondents()
    rows = crossed_columns()
    cells = gold.read("sim/expected/crosstab_cells.csv").groupby(["wave", "country", "row", "col"])
    for line in gold.read("sim/expected/crosstab_tests.csv").itertuples():
        here = (data["wave"] == line.wave).to_numpy(copy=True)
        if line.country != "ASEAN":
            here &= (data["country"] == line.country).to_numpy()
        answers = np.where(here, rows[line.row], np.nan)
        found = tables.cross_table(gold.design(), answers, data[line.col].to_numpy())
        assert (found.n, len(found.rows), len(found.columns)) == (line.n, line.nrow, line.ncol)
        gold.agree(
            [found.pearson, found.f, found.numerator_df, found.denominator_df, found.mean_deff],
            [line.pearson_x2_weighted, line.F, line.ndf, line.ddf, line.mean_gen_deff],
            rel=1e-7,
        )
        gold.agree([found.p, found.first_order_p], [line.p_F, line.chisq_rs1_p], absolute=1e-8)
        expected = cells.get_group((line.wave, line.country, line.row, line.col))
        shape = (line.nrow, line.ncol)
        gold.agree(found.counts, expected["n"].to_numpy().reshape(shape))
        gold.agree(found.weighted, expected["weighted_count"].to_numpy().reshape(shape), rel=1e-9)
        gold.agree(
            found.column_shares, expected["column_proportion"].to_numpy().reshape(shape), rel=1e-9
        )


def test_differences_of_published_figures_agree():
    for line in gold.read("formula/expected/two_estimates.csv").itertuples():
        figures = (line.est1, line.se1, line.df1, line.est2, line.se2, line.df2)
        found = comparisons.between_estimates(*figures)
        welch = comparisons.between_estimates(*figures, df="satterthwaite")
        normal = comparisons.between_estimates(*figures, df="normal")
        gold.agree(
            [
                found.difference,
                found.se,
                found.t,
                found.low,
                found.high,
                found.detectable,
                welch.df,
            ],
            [
                line.diff,
                line.se_diff,
                line.t,
                line.ci95_lo,
                line.ci95_hi,
                line.mdd_80power,
                line.df_satt,
            ],
            rel=1e-7,
            absolute=1e-12,
        )
        gold.agree(
            [found.p, welch.p, normal.p], [line.p_t_df_sum, line.p_t_satt, line.p_z], absolute=1e-8
        )


def test_adjusted_p_values_agree():
    table = gold.read("formula/expected/multiplicity.csv")
    for name, adjust in (
        ("holm", comparisons.holm),
        ("bh", comparisons.benjamini_hochberg),
        ("bonferroni", comparisons.bonferroni),
    ):
        gold.agree(adjust(table["p"]), table[name], absolute=1e-12)


def test_a_panel_keeps_the_covariance_of_its_sampling_units():
    data = gold.read("edge/data/e21.csv")
    expected = gold_case("E21")["result"]
    found = variance.design(data["w"], strata=data["stratum"], psu=data["psu"])
    change = comparisons.between_groups(
        found, data["y"].to_numpy(float), data["wave"] == "2", data["wave"] == "1"
    )
    assert change.df == expected["df"]
    gold.agree([change.difference, change.se], [expected["diff"], expected["se"]], rel=1e-7)


def gold_case(identity):
    import json

    cases = json.loads((gold.GOLD / "edge/expected/edge.json").read_text())["cases"]
    return next(case for case in cases if case["id"] == identity)
