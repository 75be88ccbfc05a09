"""The boundary: after `is_valid()` the rest of the package meets only good values."""
