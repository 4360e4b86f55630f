"""Settings, read from the environment alone. `.env.example` names every variable."""

from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF

from waiban.core.logs import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

DEMO = env.bool("WAIBAN_DEMO", default=False)
DEBUG = env.bool("WAIBAN_DEBUG", default=False)


def _secret(name: str, demo_value: str) -> str:
    """Return a secret from the environment; outside demo mode a missing one stops the start."""
    value = env.str(name, default="")
    if value:
        return value
    if DEMO:
        return demo_value
    raise SystemExit(f"缺少环境变量 {name}：正式运行必须设置，参见 .env.example。")


SECRET_KEY = _secret("WAIBAN_SECRET_KEY", "demo-only-secret-key-never-use-in-production-0000000000")
FIELD_KEYS = _secret("WAIBAN_FIELD_KEYS", "demo:ZGVtby1vbmx5LWZpZWxkLWtleS0wMDAwMDAwMDAwMDA=")
BLIND_INDEX_KEY = _secret("WAIBAN_BLIND_INDEX_KEY", "ZGVtby1vbmx5LWJsaW5kLWtleS0wMDAwMDAwMDAwMDA=")

ALLOWED_HOSTS = env.list("WAIBAN_ALLOWED_HOSTS", default=["127.0.0.1", "localhost"] if DEMO else [])
PORTAL_URL = env.str("WAIBAN_PORTAL_URL", default="http://127.0.0.1:8000")
CSRF_TRUSTED_ORIGINS = env.list("WAIBAN_CSRF_TRUSTED_ORIGINS", default=[])

# What the foot of each page says; an empty one is left out.
HELPDESK = env.str("WAIBAN_HELPDESK", default="")
ICP_NUMBER = env.str("WAIBAN_ICP_NUMBER", default="")
POLICE_NUMBER = env.str("WAIBAN_POLICE_NUMBER", default="")
SITE_CODE = env.str("WAIBAN_SITE_CODE", default="")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_celery_beat",
    "django_countries",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "django_tables2",
    "pgtrigger",
    "template_partials",
    "waiban.core",
    "waiban.accounts",
    "waiban.workdays",
    "waiban.places",
    "waiban.documents",
    "waiban.notices",
    "waiban.audit",
    "waiban.workflow",
    "waiban.outcomes",
    "waiban.board",
    "delegations",
    "visits",
    "apec_cards",
    "events",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "waiban.core.middleware.PrivatePages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "waiban.core.middleware.SessionLimits",
    "django_structlog.middlewares.RequestMiddleware",
    "waiban.core.middleware.SignInRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "waiban.accounts.middleware.ActorOfRequest",
    "waiban.accounts.middleware.AccountDuties",
    "waiban.core.middleware.ErrorPages",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "waiban.urls"
WSGI_APPLICATION = "waiban.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "waiban.core.context.frame",
            ],
        },
    }
]

DATABASES = {"default": env.db("DATABASE_URL", default="postgres:///waiban")}
DATABASES["default"].update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True)
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "waiban.accounts.backends.SeatBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "account_login"

# "dengbao": GB/T 22239-2019 8.1.4.1, three kinds of characters, change every 90 days, the last five not
# again. "modern": length and a list of bad passwords only (ASVS 5.0 V6.2).
PASSWORD_POLICY = env.str("WAIBAN_PASSWORD_POLICY", default="dengbao")
if PASSWORD_POLICY not in {"dengbao", "modern"}:
    raise SystemExit("环境变量 WAIBAN_PASSWORD_POLICY 只能是 dengbao 或 modern。")
PASSWORD_DAYS = env.int("WAIBAN_PASSWORD_DAYS", default=0 if DEMO or PASSWORD_POLICY == "modern" else 90)
PASSWORD_HISTORY = 5
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
if PASSWORD_POLICY == "dengbao":
    AUTH_PASSWORD_VALIDATORS += [
        {"NAME": "waiban.accounts.validators.ThreeKindsValidator"},
        {"NAME": "waiban.accounts.validators.NotAgainValidator"},
    ]
# Roles that must have a second factor before they reach any page (GB/T 22239-2019 8.1.4.1 d, level 3).
MFA_REQUIRED_ROLES = env.list("WAIBAN_MFA_REQUIRED_ROLES", default=[] if DEMO else ["sysadmin", "auditor"])

ACCOUNT_ADAPTER = "waiban.accounts.adapter.ClosedDoor"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PORTAL_URL.startswith("https") else "http"
# Wrong passwords are counted by axes in the database; a second, looser lock would only confuse.
ACCOUNT_RATE_LIMITS = {"login_failed": None, "login": "300/m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "外办一点通"

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "waiban.core.views.locked_out"
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_IPWARE_PROXY_COUNT = env.int("WAIBAN_PROXY_COUNT", default=0) or None
AXES_IPWARE_META_PRECEDENCE_ORDER = (
    ["HTTP_X_FORWARDED_FOR", "REMOTE_ADDR"] if AXES_IPWARE_PROXY_COUNT else ["REMOTE_ADDR"]
)
AXES_VERBOSE = False

SECURE = env.bool("WAIBAN_SECURE", default=not (DEBUG or DEMO))
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = env.int("WAIBAN_HSTS_SECONDS", default=0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("WAIBAN_HSTS_SUBDOMAINS", default=False)
SECURE_SSL_REDIRECT = env.bool("WAIBAN_SSL_REDIRECT", default=False)
# Only behind a proxy that removes the header when a visitor sends it.
if env.bool("WAIBAN_TRUST_FORWARDED_PROTO", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
PERMISSIONS_POLICY = "camera=(self), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "__Host-waiban" if SECURE else "waiban"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_IDLE_SECONDS = env.int("WAIBAN_SESSION_IDLE_SECONDS", default=30 * 60)
SESSION_COOKIE_AGE = env.int("WAIBAN_SESSION_SECONDS", default=12 * 3600)
CSRF_COOKIE_NAME = "__Host-waiban-csrf" if SECURE else "waiban-csrf"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "waiban.core.views.page_expired"

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
REVEALS_PER_DAY = env.int("WAIBAN_REVEALS_PER_DAY", default=50)
EXPORT_MAX_ROWS = env.int("WAIBAN_EXPORT_MAX_ROWS", default=100_000)
DRAFT_DAYS = 90

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
VENDOR_PACKAGES = ["@tabler/core", "@tabler/icons-sprite", "htmx.org"]
STATICFILES_DIRS += [
    (f"vendor/{name}", str(BASE_DIR / "node_modules" / name / "dist")) for name in VENDOR_PACKAGES
]
# Names with a hash need `collectstatic` first; the demo server and the tests take the files where they lie.
HASHED_STATIC = env.bool("WAIBAN_HASHED_STATIC", default=not (DEBUG or DEMO))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if HASHED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not HASHED_STATIC
MEDIA_ROOT = Path(env.str("WAIBAN_FILES", default=str(BASE_DIR / "var" / "files")))

# The table of places holds the names that are shown; this keeps the package from saying anything else.
COUNTRIES_OVERRIDE = {"HK": "中国香港", "MO": "中国澳门", "TW": "中国台湾"}

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

CELERY_BROKER_URL = REDIS_URL
CELERY_TIMEZONE = TIME_ZONE
CELERY_ENABLE_UTC = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_SCHEDULE = {
    "core.purge-drafts": {
        "task": "waiban.core.tasks.purge_drafts",
        "schedule": timedelta(days=1),
        "options": {"expires": 3600},
    },
}

# In demo mode mail becomes files under var/mail; elsewhere smtp://user:password@host:port.
EMAIL_CONFIG = env.email(
    "WAIBAN_EMAIL_URL", default=f"filemail:///{BASE_DIR / 'var' / 'mail'}" if DEMO else "smtp://localhost:25"
)
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("WAIBAN_MAIL_FROM", default="waiban@localhost")

DJANGO_STRUCTLOG_CELERY_ENABLED = True
LOG_FORMAT = env.str("WAIBAN_LOG_FORMAT", default="json")
LOGGING = logging_config(level=env.str("WAIBAN_LOG_LEVEL", default="INFO"), form=LOG_FORMAT)
