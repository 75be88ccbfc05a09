"""Registry logic without HTTP: search keys (`matching`), segments (`segments`), who sees what
(`visibility`). Only `matching` is pure; the others read the models."""
