"""Asking people.

Owns questionnaires, waves, invitations, responses and the statistics that turn them into
estimates. May import `engagement` and `indicators`. Front doors: `surveys.services` for answers,
`surveys.publishing` for the way into the ledger. `surveys.stats` imports no Django.
`surveys.protection` keeps respondents unknown and open links usable, `surveys.quality` doubts responses.
"""
