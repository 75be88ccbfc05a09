"""Printed reports: a whole framework as it stands at one moment, gathered, laid out and kept.

`contents.gather` reads the ledger, `document.html` lays it out in one language, `pdf.write` prints
it, `making.make` does all three for a row of the queue and keeps what came of it. A report is made
once: its text and its file are never rendered again.
"""
