"""No hidden cell follows from all the tables that are shown together: tried by linear algebra."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.stats import disclosure, figures, linked, measures, variance

AREAS = ("KH", "LA", "TH", "VN")
PEOPLE = {"KH": 17e6, "LA": 7e6, "TH": 66e6, "VN": 98e6}
SEX, AGE = ("F", "M"), ("15-24", "25-54", "55+")


def people_of(seed: int, sizes: dict[str, int], thin: float) -> pd.DataFrame:
    """Answers of everybody to everything; the oldest women of an area are few, as `thin` says."""
    rng = np.random.default_rng(seed)
    parts = []
    for area, size in sizes.items():
        shares = rng.dirichlet(np.full(6, thin))
        cells = rng.choice(6, size, p=shares)
        parts.append(
            pd.DataFrame(
                {
                    "area": area,
                    "sex": np.array(SEX)[cells // 3],
                    "age": np.array(AGE)[cells % 3],
                    "yes": rng.random(size) < 0.2 + 0.6 * rng.random(),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def tables_of(people: pd.DataFrame, breakdowns, *, with_whole: bool = True):
    levels = {"sex": SEX, "age": AGE}

    def axis(name):
        values = pd.Categorical(people[name], categories=levels.get(name, AREAS))
        return figures.Axis(name, values, levels.get(name, AREAS))

    layout = figures.Layout(
        (axis("area"),),
        tuple(tuple(axis(name) for name in names) for names in breakdowns),
        figures.Whole("ASEAN", PEOPLE) if with_whole else None,
    )
    found = variance.design(np.ones(len(people)), strata=people["area"])
    item = figures.Item("yes", measures.asked_share(people["yes"], np.ones(len(people))))
    return list(figures.figures(found, [item], layout))


def recovered(shown, people: pd.DataFrame) -> list[tuple[str, figures.Key]]:
    """The hidden cells that an attacker finds who knows every n and the populations, and writes down
    each sum that holds among all values, hidden or not."""
    values = {(one.groups[0], one.breakdown): one for one in shown}
    hidden = [cell for cell, one in values.items() if one.value is None and one.n]
    columns = {cell: place for place, cell in enumerate(hidden)}
    auxiliary: dict = {}
    rows = []

    def say(terms):
        row: dict = {}
        for cell, factor in terms:
            if cell in columns:
                row[columns[cell]] = row.get(columns[cell], 0.0) + factor
            elif cell not in values:
                place = auxiliary.setdefault(cell, len(hidden) + len(auxiliary))
                row[place] = row.get(place, 0.0) + factor
        rows.append(row)

    def n_of(area, key):
        rows_of = people["area"] == area
        for name, level in key:
            rows_of &= people[name] == level
        return int(rows_of.sum())

    keys = {cell[1] for cell in values}
    names = sorted({tuple(name for name, _level in key) for key in keys}, key=len)
    for area in AREAS:
        for parts in names:
            fine = [key for key in keys if tuple(name for name, _l in key) == parts]
            for coarse in {
                tuple(pair for pair in key if pair[0] in some)
                for key in fine
                for some in [(), *[(name,) for name in parts]]
                if len(some) < len(parts)
            }:
                inside = [key for key in fine if set(coarse) <= set(key)]
                say(
                    [
                        *(((area, key), float(n_of(area, key))) for key in inside),
                        ((area, coarse), -float(n_of(area, coarse))),
                    ]
                )
    for (area, key), one in values.items():
        if area == "ASEAN":
            size = {m: PEOPLE[m] * n_of(m, key) / n_of(m, ()) for m in one.members}
            say([*(((m, key), size[m]) for m in size), ((area, key), -sum(size.values()))])
    if not hidden:
        return []
    system = np.zeros((len(rows), len(hidden) + len(auxiliary)))
    for place, row in enumerate(rows):
        for column, factor in row.items():
            system[place, column] = factor
    system = system[np.abs(system).sum(axis=1) > 0]
    system /= np.abs(system).max(axis=1, keepdims=True)
    rank = np.linalg.matrix_rank(system, tol=1e-8)
    return [
        cell
        for cell, place in columns.items()
        if np.linalg.matrix_rank(np.vstack([system, np.eye(system.shape[1])[place]]), tol=1e-8)
        == rank
    ]


TWO_WAY = (("sex",), ("age",), ("sex", "age"))


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 10**6),
    st.lists(st.integers(40, 400), min_size=4, max_size=4),
    st.sampled_from([0.7, 1.5, 4.0]),
    st.sampled_from([TWO_WAY, (("sex", "age"),), (("sex",), ("age",)), (("age",), ("sex", "age"))]),
)
def test_no_hidden_cell_follows_from_one_way_and_two_way_tables(seed, sizes, thin, breakdowns):
    people = people_of(seed, dict(zip(AREAS, sizes, strict=True)), thin)
    shown = tables_of(people, breakdowns)

    assert recovered(shown, people) == []


def test_each_table_by_itself_would_have_told_a_cell():
    """The cells of an area that are hidden in the two-way table are in different rows and columns;
    the totals by sex and by age, shown beside it, tell each of them."""
    sizes = {
        ("F", "15-24"): 20, ("F", "25-54"): 60, ("F", "55+"): 80,
        ("M", "15-24"): 90, ("M", "25-54"): 70, ("M", "55+"): 25,
    }  # fmt: skip
    rows = [
        {"area": area, "sex": sex, "age": age, "yes": number % 3 == 0}
        for area in AREAS
        for (sex, age), size in sizes.items()
        for number in range(size if area == "KH" else 90)
    ]
    people = pd.DataFrame(rows)
    shown = {(one.groups[0], one.breakdown): one for one in tables_of(people, TWO_WAY)}
    hidden = {cell for cell, one in shown.items() if one.status == "Q"}
    primary = {("KH", (("age", "15-24"), ("sex", "F"))), ("KH", (("age", "55+"), ("sex", "M")))}

    assert primary < hidden
    # Two in each row and column of Cambodia, and of one other area for the sake of the totals.
    assert len({key for area, key in hidden if area == "KH"}) >= 4
    assert len(hidden) <= 14 and {len(key) for _area, key in hidden} == {2}
    assert recovered([*shown.values()], people) == []
    alone = [
        one if (one.groups[0], one.breakdown) in primary or one.status != "Q"
        else _with_value(one, people)
        for one in shown.values()
    ]  # fmt: skip
    assert set(recovered(alone, people)) == primary


def _with_value(one, people):
    from dataclasses import replace

    return replace(one, value=0.5, status="A")


def test_hidden_cells_with_two_in_each_line_may_still_follow():
    """Two squares of hidden cells, and one cell that joins them: it alone is in all solutions."""
    rows, columns = range(4), range(4)
    n = {(row, column): 100 + 4 * row + column for row in rows for column in columns}
    n |= {(row, "all"): 400 for row in rows} | {("all", column): 400 for column in columns}
    lines = [[*((row, column) for column in columns), (row, "all")] for row in rows]
    lines += [[*((row, column) for row in rows), ("all", column)] for column in columns]
    squares = {(r, c) for r in (0, 1) for c in (0, 1)} | {(r, c) for r in (2, 3) for c in (2, 3)}
    hidden = {*squares, (0, 2)}
    totals = [cell for cell in n if "all" in cell]

    assert linked.following(n, hidden, lines) == [(0, 2)]
    assert linked.following(n, squares, lines) == []
    kept = linked.protected(n, hidden, lines, never=totals)
    assert kept > hidden and not kept & set(totals)
    assert linked.following(n, kept, lines) == []


def test_a_margin_that_nobody_shows_tells_nothing():
    lines = list(linked.lines_of_breakdowns("KH", [[("sex", SEX), ("age", AGE)]]))
    cell = ("KH", (("age", "55+"), ("sex", "F")))
    other = ("KH", (("age", "15-24"), ("sex", "M")))
    n = {one: 50 for line in lines for one in line if len(one[1]) == 2} | {("KH", ()): 300}

    assert linked.following(n, {cell, other}, lines) == []
    shown = n | {one: 150 for line in lines for one in line if len(one[1]) == 1}
    assert set(linked.following(shown, {cell, other}, lines)) == {cell, other}


def test_a_cell_without_another_to_hide_behind_is_given_up():
    lines = [["only", "all"]]
    assert linked.protected({"only": 20, "all": 40}, {"only"}, lines, never={"all"}) == {"only"}


def test_what_is_shown_of_tables_without_a_small_cell_stays_as_it_was():
    people = people_of(3, dict.fromkeys(AREAS, 2000), 8.0)
    assert all(one.status in "AU" for one in tables_of(people, TWO_WAY))
    assert pytest.approx(0.15) == disclosure.DEFAULT.flag_half_width_above
