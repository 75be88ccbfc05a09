"""Reaching people.

Owns campaigns, mailings, deliveries, suppressions, transports and outreach activities. May import
`surveys`, `engagement` and `indicators`. Front door: `campaigns.services`; `campaigns.engine`
sends.
"""
