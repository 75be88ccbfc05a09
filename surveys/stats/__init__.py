"""Estimates from weighted responses: pure numpy, pandas and scipy, no Django, no database.

Modules by noun: `weights` (base, trimmed; Kish) with `raking`, `variance` (the design and
Taylor linearisation), `measures` (answers to numbers), `estimates` (means, totals) on `cells`,
`aggregates` (ASEAN from countries), `intervals`, `comparisons` (differences, tests, several tests
at once), `tables` (Rao-Scott), `disclosure`, `response_rates`; and `figures`, which takes all of
them for a whole plan. Formulas and sources are stated in each docstring and, in an analyst's words,
in `docs/methods.md`.

Three promises: nothing here prints or warns; an input that cannot be used is a `ValueError` whose
sentence names the cell; a number that does not exist is `None`, never NaN and never a false zero.
"""
