"""Estimates from files: the statistics of `surveys.stats` for data collected elsewhere.

`plans` reads an analysis plan (JSON, described by `plan.schema.json`), `tables` and `formats` the
respondents (CSV, Parquet, SPSS), `margins` the population, `weighing` makes weights, `measuring`
turns answers into numbers, `estimation` puts them together and `writing` writes what came out.

No Django, no database. What cannot be used is `errors.InputRefused`, whose one sentence names the
file and the row, column or cell at fault.
"""
