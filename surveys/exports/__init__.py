"""Files of responses: one aligned table over all questionnaire versions of a wave.

`columns` decides which columns there are and what a row says in each; `rows` reads responses in
steps of flat memory; `csv` and `xlsx` write; `making` makes what takes longer than a page may.
"""
