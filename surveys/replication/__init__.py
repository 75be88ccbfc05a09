"""The replication bundle of a wave: a zip from which anybody can recompute its published figures.

`plans` states the wave's analysis plan as a plan of a file, `unitdata` the respondents and margins as
CSV, `rscript` the same in R, `words` the README and the codebook; `bundle` puts them together and
checks, before anybody gets it, that the figures come out of the files as they were published.
"""
