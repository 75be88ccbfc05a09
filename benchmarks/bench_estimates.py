"""Weighting and estimating: 20 questions x 11 countries with linearised errors.

    python benchmarks/bench_estimates.py [RESPONDENTS ...]        (default 10000 100000)

Each line is `name value unit ratio`; the ratio is against a bare numpy floor measured in the same
run: the matrix products and sums per sampling unit on arrays already in memory, with no checks, no
domains, no degrees of freedom. Answers are small integer codes, as in the product.

Where R with the package `survey` is installed it does the same (`estimates.R`), has to find the same
figures, and its line says how many times as long as the floor it took; `faster_than_r` is ours against
it.
"""

import csv
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))

from surveys.stats import estimates, measures, variance, weights
from tests import servers

COUNTRIES, QUESTIONS, CLUSTER = 11, 20, 20
SIZES = {"age": 5, "sex": 2, "urban": 2}


def make_sample(count: int) -> dict:
    """A stratified, clustered sample in the order of its clusters, with uneven base weights."""
    rng = np.random.default_rng(20261122)
    psu = np.arange(count) // CLUSTER
    country = (psu * COUNTRIES // (psu[-1] + 1)).astype(np.int8)
    urban = (psu % 5 < 2).astype(np.int8)
    factors = {
        "age": rng.choice(5, count, p=[0.3, 0.25, 0.2, 0.15, 0.1]).astype(np.int8),
        "sex": rng.integers(0, 2, count, dtype=np.int8),
        "urban": urban,
    }
    answers = [
        rng.choice([1, 2, 3, 4, 5, 8, 9], count, p=[0.1, 0.15, 0.2, 0.3, 0.15, 0.06, 0.04]).astype(
            np.int8
        )
        for _ in range(QUESTIONS)
    ]
    margins = {
        place: {
            name: dict(enumerate(1e6 * part / part.sum()))
            for name, size in SIZES.items()
            for part in [rng.uniform(0.8, 1.2, size)]
        }
        for place in range(COUNTRIES)
    }
    return {
        "country": country,
        "psu": psu,
        "factors": {
            name: pd.Categorical.from_codes(codes, range(SIZES[name]))
            for name, codes in factors.items()
        },
        "base": rng.lognormal(0, 0.5, count),
        "answers": answers,
        "margins": margins,
    }


def ours(sample: dict) -> tuple[float, float, list]:
    """Seconds to rake and to estimate, and the 220 rows."""
    start = time.perf_counter()
    raked, accounts = weights.rake_by(
        sample["country"], sample["base"], sample["factors"], sample["margins"]
    )
    assert all(account.converged for account in accounts.values())
    middle = time.perf_counter()
    found = variance.design(
        raked, strata=[sample["country"], sample["factors"]["urban"].codes], psu=sample["psu"]
    )
    shares = {
        f"q{index}": measures.share(codes, (4, 5), (1, 2, 3, 4, 5))
        for index, codes in enumerate(sample["answers"])
    }
    rows = estimates.means(found, shares, within=estimates.domains([sample["country"]]))
    return middle - start, time.perf_counter() - middle, rows


def floor(sample: dict, raked: np.ndarray) -> float:
    """Seconds for the bare sums on prepared arrays: floats per item, sorted by cluster."""
    yes = [np.isin(codes, (4, 5)).astype(np.float64) for codes in sample["answers"]]
    base = [np.isin(codes, (1, 2, 3, 4, 5)).astype(np.float64) for codes in sample["answers"]]
    starts = np.flatnonzero(np.diff(sample["psu"], prepend=-1))
    places = np.searchsorted(sample["country"], np.arange(COUNTRIES))
    owner = sample["country"][starts]
    start = time.perf_counter()
    for top, bottom in zip(yes, base, strict=True):
        weighted = np.add.reduceat(raked * top, starts)
        valid = np.add.reduceat(raked * bottom, starts)
        tops = np.add.reduceat(
            weighted, np.searchsorted(starts, starts[np.searchsorted(owner, np.arange(COUNTRIES))])
        )
        bottoms = np.add.reduceat(valid, np.searchsorted(owner, np.arange(COUNTRIES)))
        scores = (weighted - (tops / bottoms)[owner] * valid) / bottoms[owner]
        np.bincount(owner, scores**2, COUNTRIES)
    assert len(places) == COUNTRIES
    return time.perf_counter() - start


def in_r(sample: dict, rows: list) -> float | None:
    """R's seconds for the same weights and figures, which have to agree; None without R."""
    try:
        rscript = servers.rscript()
    except servers.NotAvailable:
        return None
    with tempfile.TemporaryDirectory(prefix="suara-bench-") as name:
        folder = Path(name)
        columns = {"country": sample["country"], "psu": sample["psu"].astype(np.int32)}
        columns |= {key: one.codes.astype(np.int8) for key, one in sample["factors"].items()}
        columns |= {"base": sample["base"]}
        columns |= {f"q{number}": codes for number, codes in enumerate(sample["answers"])}
        for key, values in columns.items():
            values.tofile(folder / key)
        with (folder / "margins.csv").open("w", newline="") as file:
            out = csv.writer(file)
            out.writerow(["country", "variable", "level", "population"])
            for place, margins in sample["margins"].items():
                for variable, shares in margins.items():
                    out.writerows([place, variable, *cell] for cell in shares.items())
        script = Path(__file__).with_name("estimates.R")
        done = subprocess.run(
            [rscript, "--vanilla", script, folder, str(len(sample["psu"])), str(QUESTIONS)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr[-3000:])
        with (folder / "found.csv").open(newline="") as file:
            found = {(row["item"], int(row["country"])): row for row in csv.DictReader(file)}
    for row in rows:
        theirs = found[row.item, int(row.domain[0])]
        np.testing.assert_allclose(row.estimate, float(theirs["mean"]), rtol=1e-6)
        np.testing.assert_allclose(row.se, float(theirs["se"]), rtol=1e-5)
    return float(done.stdout.split()[-1])


def best(measure, repeats: int):
    return min((measure() for _ in range(repeats)), key=lambda found: found[0] + found[1])


def main() -> None:
    for count in [int(text) for text in sys.argv[1:]] or [10_000, 100_000]:
        sample = make_sample(count)
        repeats = 5 if count <= 100_000 else 3
        rake_seconds, estimate_seconds, rows = best(lambda sample=sample: ours(sample), repeats)
        assert len(rows) == COUNTRIES * QUESTIONS and all(row.se for row in rows)
        raked = weights.rake_by(
            sample["country"], sample["base"], sample["factors"], sample["margins"]
        )[0]
        bare = min(floor(sample, raked) for _ in range(repeats))
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        total = rake_seconds + estimate_seconds
        for name, value, unit, ratio in (
            ("floor", bare, "s", 1.0),
            ("rake", rake_seconds, "s", rake_seconds / bare),
            ("proportions_with_se", estimate_seconds, "s", estimate_seconds / bare),
            ("rake_and_estimate", total, "s", total / bare),
            ("peak_memory", memory, "MB", 0.0),
        ):
            print(f"estimates_{count}_{name} {value:.4f} {unit} {ratio:.2f}", flush=True)
        theirs = in_r(sample, rows)
        if theirs is None:
            print(f"estimates_{count}_r_survey not run: Rscript or survey missing")
            continue
        print(f"estimates_{count}_r_survey {theirs:.4f} s {theirs / bare:.2f}")
        print(f"estimates_{count}_faster_than_r {theirs / total:.1f} times {theirs / total:.2f}")


if __name__ == "__main__":
    main()
