"""Frameworks in the back office: trees, indicators, mappings, versions, and files in and out."""
