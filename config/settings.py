"""One settings file. The presence of an address switches a facility on.

Nothing configured: SQLite, mail in a local outbox, one `work` process. `DATABASE_URL`,
`REDIS_URL` and `MAILJET_API_KEY` set: PostgreSQL, Celery workers and beat, Mailjet.
"""

from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.conf import locale
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("VAR_DIR") or BASE_DIR / "var").absolute()
try:
    VAR_DIR.mkdir(parents=True, exist_ok=True)
except OSError as error:
    raise ImproperlyConfigured(
        f"The folder {VAR_DIR} cannot be made ({error.strerror}). Make the one above it writable, "
        "or name another in VAR_DIR."
    ) from error

DEBUG = env.flag("DEBUG")
# The demonstration looks like production (its own error pages, cached templates) but asks for no
# secrets, serves static files where they lie and lets its printed logins in without a second factor.
DEMO = env.flag("DEMO")
SECRET_KEY = env.text("SECRET_KEY")
if not SECRET_KEY:
    if not (DEBUG or DEMO):
        raise ImproperlyConfigured(
            "SECRET_KEY is empty. Set SECRET_KEY or SECRET_KEY_FILE to a long random text "
            "before starting a server."
        )
    SECRET_KEY = "only-for-development-on-this-machine-never-on-a-server"  # noqa: S105

# Makes the secret in each survey invitation's link, see docs/decisions on invitations. Kept apart
# from SECRET_KEY and outside the database; without it a key derived from SECRET_KEY serves.
INVITATION_KEY = env.text("INVITATION_KEY")

HOST = env.text("HOST", "127.0.0.1")
PORT = env.number("PORT", 8000, minimum=1)
PUBLIC_URL = env.text("PUBLIC_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "*" if DEBUG or DEMO else "")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", PUBLIC_URL)
REDIS_URL = env.text("REDIS_URL")
# Whose X-Forwarded-For is believed; behind an unnamed proxy all visitors share one network.
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES", "127.0.0.0/8, ::1")

INSTALLED_APPS = [
    "config",
    "cms",
    "campaigns",
    "surveys",
    "engagement",
    "indicators",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.typed_table_block",
    "wagtail.contrib.routable_page",
    "wagtail.embeds",
    "wagtail.sites",
    "engagement.backoffice.apps.UsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "treebeard",
    "simple_history",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Before whatever may refuse: a thread remembers the language of the visitor before.
    "config.languages.LanguageMiddleware",
    "config.middleware.UnusableRequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "cms.middleware.OfficeContentPolicy",
    "allauth.account.middleware.AccountMiddleware",
    "engagement.middleware.EndedTermMiddleware",
    "engagement.middleware.StaffSecondFactorMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    },
]

DATABASES = {"default": env.database("DATABASE_URL", VAR_DIR / "suara.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# "shared" holds the few facts that the web server and the worker tell each other; "guard" counts
# visitors and remembers spent proofs of work, and may forget the oldest of them in a flood.
if REDIS_URL:
    CACHES = {
        name: {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": name,
        }
        for name in ("default", "shared", "guard")
    }
else:
    CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
        "shared": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": VAR_DIR / "shared",
        },
        "guard": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": VAR_DIR / "guard",
            "TIMEOUT": 600,
            "OPTIONS": {"MAX_ENTRIES": 2000},
        },
    }

AUTH_USER_MODEL = "engagement.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "engagement.permissions.GrantBackend",
]
# Called by engagement.roles.ensure_roles for rights that are no plain permissions (pages).
ROLE_EXTENSIONS = ["cms.roles.ensure_page_permissions"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_ADAPTER = "engagement.accounts.AccountAdapter"
# An account opened by a visitor has no rights; closing sign-up leaves accounts to administrators.
OPEN_SIGNUP = env.flag("OPEN_SIGNUP", default=True)
# Mail goes only to addresses that have an account: nobody is written to by way of a guess.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# A field that people do not see; a program that fills it in gets no account.
ACCOUNT_SIGNUP_FORM_HONEYPOT_FIELD = "website"
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_CHANGE_EMAIL = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Suara"
# Staff without a second factor are sent to set one up before they reach the back office.
REQUIRE_STAFF_MFA = env.flag("REQUIRE_STAFF_MFA", default=not (DEBUG or DEMO))

LANGUAGE_CODE = "en"
# The languages of the eleven member states, and English: those of respondents' pages and messages.
LANGUAGES = [
    ("en", "English"),
    ("id", "Bahasa Indonesia"),
    ("ms", "Bahasa Melayu"),
    ("th", "ไทย"),
    ("vi", "Tiếng Việt"),
    ("km", "ខ្មែរ"),
    ("lo", "ລາວ"),
    ("my", "မြန်မာ"),
    ("fil", "Filipino"),
    ("tet", "Tetun"),
    ("pt", "Português"),
    ("zh-hans", "简体中文"),
    ("ta", "தமிழ்"),
]
# The languages in which every public page is complete; the site's own switcher offers these.
SITE_LANGUAGES = ["en", "id", "vi", "th"]
# Django, Wagtail and allauth look names and directions up here and fail on a code they miss.
locale.LANG_INFO |= {
    code: {"bidi": False, "code": code, "name": name, "name_local": own_name}
    for code, name, own_name in [
        ("km", "Khmer", "ខ្មែរ"),
        ("lo", "Lao", "ລາວ"),
        ("fil", "Filipino", "Filipino"),
        ("tet", "Tetum", "Tetun"),
    ]
}
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
TIME_ZONE = "UTC"
USE_TZ = True
OFFICE_TIME_ZONE = env.text("OFFICE_TIME_ZONE", "Asia/Jakarta")

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT") or VAR_DIR / "static")
if DEBUG or DEMO:
    STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise looks there even when it finds files elsewhere.
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.text("MEDIA_ROOT") or VAR_DIR / "media")
# Files for some people only; no web server serves them.
PRIVATE_ROOT = Path(env.text("PRIVATE_ROOT") or VAR_DIR / "private")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PRIVATE_ROOT},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or DEMO
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
# Bytes of a whole request with its files; a web server in front should refuse earlier.
LARGEST_BODY = env.number("LARGEST_BODY", 25_000_000, minimum=1_000_000)

# Mail. Transactional mail goes through Django's backend; mailings through campaigns.transports.
OUTBOX_DIR = Path(env.text("OUTBOX_DIR") or VAR_DIR / "outbox")
# Lets visitors browse the outbox without DEBUG: for demonstrations, never with real people.
OUTBOX_PUBLIC = env.flag("OUTBOX_PUBLIC", default=DEMO)
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST
    else "campaigns.transports.outbox.EmailBackend"
)
EMAIL_PORT = env.number("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=True)
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Suara <suara@example.org>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MAILJET_API_KEY = env.text("MAILJET_API_KEY")
MAILJET_API_SECRET = env.text("MAILJET_API_SECRET")
MAILJET_API_URL = env.text("MAILJET_API_URL", "https://api.mailjet.com")
MAILJET_WEBHOOK_SECRETS = env.words("MAILJET_WEBHOOK_SECRETS")
# An author cannot approve the author's own mailing.
MAILING_NEEDS_SECOND_PERSON = env.flag("MAILING_NEEDS_SECOND_PERSON", default=not (DEBUG or DEMO))
# How many mailings one person may receive in seven days; 0 means no limit.
MAILINGS_PER_WEEK = env.number("MAILINGS_PER_WEEK", 3)
# How many batches of 50 may be handed to the transport in one second.
MAILING_BATCHES_PER_SECOND = env.number("MAILING_BATCHES_PER_SECOND", 10, minimum=1)

# Jobs. The same functions run in the `work` loop and in Celery: see config/periodic.py.
CELERY_BROKER_URL = REDIS_URL or None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 120
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True

# What "rebuild everything" calls, by name, so that the ledger need not import to the left.
INDICATOR_PUBLISHERS: list[str] = [
    "surveys.publishing.publish_all",
    "engagement.publishing.publish_all",
    "campaigns.publishing.publish_all",
]

# Who may report for areas and bodies, asked by name for the same reason.
INDICATOR_REPORTERS = "engagement.reporters.reporters_of"
# Days before the deadline of a reporting round on which reminders go out; -1 is the day after it.
REPORTING_REMINDER_DAYS = (14, 3, -1)

WAGTAIL_SITE_NAME = "Suara"
WAGTAILADMIN_BASE_URL = PUBLIC_URL
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILEMBEDS_FINDERS: list[dict] = []
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILADMIN_LOGIN_URL = "/accounts/login/"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}

CONTENT_SECURITY_POLICY = {
    # Wagtail's admin sets inline styles and handlers of its own; cms.middleware has its policy.
    "EXCLUDE_URL_PREFIXES": ["/office/"],
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    },
}
CSRF_FAILURE_VIEW = "cms.views.problems.csrf_failure"
X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail's page preview frames the site.
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # It asks for DENY; see the line above.
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
if PUBLIC_URL.startswith("https://"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", default=True)
    # RFC 8058: mail providers post to the unsubscribe address and do not follow redirects.
    SECURE_REDIRECT_EXEMPT = [r"^u/", r"^health/"]
    SECURE_HSTS_SECONDS = env.number("SECURE_HSTS_SECONDS", 31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"links": {"()": "config.logs.WithoutInvitationLinks"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["links"],
        }
    },
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    # Wagtail indexes inside the request; a line per page saved would bury the rest.
    "loggers": {name: {"level": "WARNING"} for name in ("django_tasks", "wagtail")},
}

# How many seconds old a public page may be in what nothing is decided by: see indicators.moments.
MOMENT = env.number("MOMENT", 1)
# How many seconds a public page of the ledger is kept as rendered, unless a value changes: see
# indicators.kept. 0 keeps none.
PAGES_KEPT = env.number("PAGES_KEPT", 60)
# How many megabytes of coded answers a worker remembers between publishings; 0 remembers nothing.
PUBLISHING_KEEPS_MB = env.number("PUBLISHING_KEEPS_MB", 256)

# Said of the ledger's values in catalogues of data sets; without a licence none is stated.
DATA_PUBLISHER = env.text("DATA_PUBLISHER", "ASEAN Socio-Cultural Community")
DATA_LICENCE = env.text("DATA_LICENCE")

SITE_NAME = _("Suara")
CODE_VERSION = env.text("CODE_VERSION", "0.1.0.dev0")
