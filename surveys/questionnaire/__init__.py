"""What is asked: the questionnaire document, its logic and its translations.

Pure Python, no database. `definition` turns the stored JSON document into frozen dataclasses,
`expressions` holds the typed tree of conditions, `logic` evaluates it and finds the path of a
respondent. The browser's twin of `logic` is `surveys/static/surveys/logic.js`; shared vectors and
a fuzzer in `tests/surveys` hold the two together.
"""
