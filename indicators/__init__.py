"""The ledger: what was promised and what was measured.

Owns frameworks, indicators, targets, observations with their provenance, sectoral bodies'
activities and reporting rounds. Imports no other package of ours. Front door for writing values:
`indicators.ledger.record`; nothing else writes an Observation.
"""
