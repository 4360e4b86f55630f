"""Settings, read from the environment alone. `.env.example` names every variable."""

from pathlib import Path

import environ
from csp.constants import NONE, SELF

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
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
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
    "django.contrib.auth.backends.ModelBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"

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
MEDIA_ROOT = Path(env.str("WAIBAN_FILES", default=str(BASE_DIR / "var" / "files")))

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
