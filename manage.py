#!/usr/bin/env python
"""A developer's door. DEBUG defaults to 1 here and nowhere else; the demonstration runs without it."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("DEMO" if sys.argv[1:2] == ["demo"] else "DEBUG", "1")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"The settings do not hold: {error}")


if __name__ == "__main__":
    main()
