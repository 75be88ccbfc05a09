"""People, meetings and drafts.

Owns users and roles, the stakeholder registry with posts, consent and segments, consultation
events with registrations, and drafts with comments and dispositions. May import `indicators`.
Front door for writing: `engagement.services`.
"""
