"""What goes into an interval of a share."""

import random

from surveys.stats import aggregates, intervals


def test_a_lone_varying_member_keeps_its_degrees_whatever_the_floating_point_leaves():
    numbers = random.Random(7)
    for _ in range(500):
        df = numbers.randint(2, 400)
        parts = {
            "KH": aggregates.Part(numbers.random(), numbers.random() / 20, df, 60, 55.0),
            "TH": aggregates.Part(0.5, 0.0, 20, 60, 60.0),
        }
        found = aggregates.aggregate(
            parts, {"KH": numbers.random(), "TH": 1.0}, method="popshare", member_set=("KH", "TH")
        )
        assert intervals.whole_degrees(found.df) == df


def test_a_part_of_a_degree_is_cut():
    assert intervals.whole_degrees(29.999) == 29
    assert intervals.whole_degrees(0.7) == 0
