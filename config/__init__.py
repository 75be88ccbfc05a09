"""Wiring: settings, urls, the Celery app and the `demo` and `work` commands.

Owns no models and no rules. May import every other package; nobody imports it, except that
Django, Celery and the servers load it by name.
"""

from config.celery import app as celery_app

__all__ = ["celery_app"]
