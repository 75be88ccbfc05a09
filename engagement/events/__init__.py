"""Consultation events: seats, times in every zone, calendar messages and their mail."""
