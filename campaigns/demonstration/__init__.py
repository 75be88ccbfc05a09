"""What the demonstration shows of this package: one campaign, its mailings, its outreach.

Everything is invented and marked so. Loading again adds what is missing and leaves alone what is
there.
"""

from campaigns.demonstration.loading import load

__all__ = ["load"]
