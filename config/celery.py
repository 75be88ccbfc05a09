"""The Celery application: the alarm clock of a production installation.

The database is the queue (see docs/decisions); Celery only wakes the functions named in
config/periodic.py and those asked for after a commit.
"""

import os

from celery import Celery

from config.periodic import celery_schedule

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("suara")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = celery_schedule()
