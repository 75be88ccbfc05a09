"""Files of responses: one aligned table over all questionnaire versions of a wave.

`columns` decides which columns there are and what a row says in each; `rows` reads responses in
steps of flat memory; `weights` adds what the figures were weighted with. `csv` and `xlsx` write;
`variables` describes the columns for statistics programs, for whom `spss` (with `sav` and `sps`)
and `ddi` write. `making` makes what takes longer than a page may, in one of `formats`.
"""
