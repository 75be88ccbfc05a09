"""The public site: page types, blocks and the design system, on Wagtail.

Looks down at every other package and is imported by none but `config`.
"""
