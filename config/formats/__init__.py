"""Dates and numbers of the languages for which Django has none, or none that fit a sentence.

The names of months come from the catalogues or Django's own. Patterns follow CLDR.
"""
