"""The ledger's screens in the back office."""
