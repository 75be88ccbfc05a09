"""The public's pages of `campaigns`."""
