"""A survey to look at and to answer: one closed wave and one open wave of invented responses.

Everything here is fictional and marked so. The questionnaire is real work, modelled on published
instruments; the answers come from a random generator with a fixed seed.
"""

from surveys.demonstration.loading import load

__all__ = ["load"]
