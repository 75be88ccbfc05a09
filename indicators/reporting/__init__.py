"""Reporting rounds read: whom they ask, how complete they are, what a form shows beside a value.

Writes are in `indicators.services`. Front doors: `board`, `beside`, `workbook`,
`uploads`, `history`.
"""
