"""The settings of the test run: the real ones, with nothing of the developer's machine in them.

`DATABASE_URL` is kept, because the suite runs on SQLite and on PostgreSQL.
"""

import os
import tempfile

_scratch = tempfile.TemporaryDirectory(prefix="suara-tests-")
for _name in list(os.environ):
    if _name.startswith(("MAILJET_", "EMAIL_", "REDIS_")) or _name in {"PUBLIC_URL", "DEMO"}:
        del os.environ[_name]
os.environ |= {"DEBUG": "1", "VAR_DIR": _scratch.name}

from config.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = CELERY_TASK_EAGER_PROPAGATES = True
CACHES = {
    name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name}
    for name in ("default", "shared", "guard")
}
ACCOUNT_RATE_LIMITS = False
# Otherwise every test client lists all static files before its first request.
WHITENOISE_AUTOREFRESH = True
# A page shows what a test has just changed.
MOMENT = 0
PAGES_KEPT = 0
