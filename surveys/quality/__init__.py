"""Doubts about responses, and leaving them out of figures.

`doubts` of one response by itself, `crosschecks` of responses among each other; `exclusions` say
which are left out, `effects` what figures are with and without them.
"""
