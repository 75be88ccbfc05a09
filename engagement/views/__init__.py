"""The public's HTTP: one module per noun."""
