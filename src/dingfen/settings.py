"""All settings, from the environment only. docs/use/settings.md explains each.

Every name begins with DINGFEN_ except DATABASE_URL, PORT and SECRET_KEY.
"""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONCE, SELF

from dingfen import catalogues, keys
from dingfen.database import swap

swap.apply()
catalogues.merge()


def flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, str(int(default))).lower() in {"1", "true", "yes", "on"}


BASE = Path(__file__).resolve().parent
HOME = keys.home()
HOME.mkdir(parents=True, exist_ok=True)
DEMO = flag("DINGFEN_DEMO")
DEBUG = flag("DINGFEN_DEBUG")
HTTPS = flag("DINGFEN_HTTPS")
SECRET_KEY = os.environ.get("SECRET_KEY") or keys.key("django").hex()
ALLOWED_HOSTS = os.environ.get("DINGFEN_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
PAPER_FONTS = os.environ.get("DINGFEN_PAPER_FONTS", "")
BASE_URL = os.environ.get("DINGFEN_BASE_URL", f"http://127.0.0.1:{os.environ.get('PORT', '8000')}")
CSRF_TRUSTED_ORIGINS = [BASE_URL] if BASE_URL.startswith("https://") else []


def database(url: str) -> dict[str, object]:
    """Django's form of `sqlite:///path` or `postgres://user:password@host:port/name?option=value`."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "dingfen.database.sqlite",
            "NAME": unquote(url.removeprefix("sqlite:///")),
            "CONN_MAX_AGE": None,
            "TEST": {"NAME": str(HOME / "test.sqlite3")},
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "cached_statements": 1024,  # the driver keeps 128: pages push out what a registration needs
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
                    "PRAGMA cache_size=-8000; PRAGMA wal_autocheckpoint=4000; PRAGMA temp_store=MEMORY;"
                ),
            },
        }
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError(f"DATABASE_URL must begin with sqlite:/// or postgres://, not {parts.scheme}://")
    options: dict[str, object] = dict(parse_qsl(parts.query))
    host = unquote(str(options.pop("host", "") or parts.hostname or ""))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


DATABASES = {"default": database(os.environ.get("DATABASE_URL") or f"sqlite:///{HOME / 'dingfen.sqlite3'}")}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "allauth.usersessions",
    "dingfen.register",
    "dingfen.accounts",
    "dingfen.clocks",
    "dingfen.outbox",
    "dingfen.policies",
    "dingfen.parties",
    "dingfen.channels",
    "dingfen.cases",
    "dingfen.ownership",
    "dingfen.complaints",
    "dingfen.imports",
    "dingfen.backtests",
    "dingfen.api",
    "dingfen.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "dingfen.api.door.TokenDoor",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "dingfen.web.errors.PageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "dingfen.web.middleware.ActorMiddleware",
]
ROOT_URLCONF = "dingfen.urls"
# Dingfen stands at the root of its host. Gunicorn takes a header SCRIPT_NAME from a proxy on the same machine: it must
# neither decide where one has to be signed in nor get into addresses that templates keep for everybody.
FORCE_SCRIPT_NAME = ""
WSGI_APPLICATION = "dingfen.wsgi.application"
LOADERS = ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "web" / "templates"],
        "OPTIONS": {
            "loaders": [("dingfen.web.folding.Loader", LOADERS)],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    }
]

AUTH_USER_MODEL = "accounts.Staff"
AUTHENTICATION_BACKENDS = ["dingfen.accounts.backend.StaffBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {
            "user_attributes": ["username", "name", "latin_name", "email", "employee_number"],
        },
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
CSRF_FAILURE_VIEW = "dingfen.web.errors.stale_form"
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
REQUIRE_MFA = flag("DINGFEN_REQUIRE_MFA")

ACCOUNT_ADAPTER = "dingfen.web.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # registration is closed; sign-in is by password
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False  # counted in the database instead: accounts/lockout.py
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ALLAUTH_TRUSTED_PROXY_COUNT = int(flag("DINGFEN_BEHIND_PROXY"))
MFA_ADAPTER = "dingfen.web.accounts.adapters.MfaAdapter"
MFA_FORMS = {
    "authenticate": "dingfen.web.accounts.codes.SignInCodeForm",
    "reauthenticate": "dingfen.web.accounts.codes.ConfirmCodeForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # localhost, to try it out

# The company's own directory: DINGFEN_OIDC_URL is the issuer or its discovery document.
OIDC_URL = os.environ.get("DINGFEN_OIDC_URL", "")
OIDC_ORIGIN = ["{0.scheme}://{0.netloc}".format(urlsplit(OIDC_URL))] if OIDC_URL else []
OIDC_NUMBER_CLAIM = os.environ.get("DINGFEN_OIDC_NUMBER_CLAIM", "")
SOCIALACCOUNT_ADAPTER = "dingfen.web.accounts.adapters.SocialAdapter"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "company",
                "name": os.environ.get("DINGFEN_OIDC_NAME", "SSO"),
                "client_id": os.environ.get("DINGFEN_OIDC_ID", ""),
                "secret": os.environ.get("DINGFEN_OIDC_SECRET", ""),
                "settings": {"server_url": OIDC_URL},
            }
        ]
        if OIDC_URL
        else [],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = sorted(str(path) for path in (BASE / "locale").iterdir() if path.is_dir())
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = None  # served from the package itself; nothing is collected
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 600

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 12 * 3600
SESSION_SAVE_EVERY_REQUEST = False
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("DINGFEN_BEHIND_PROXY") else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": [SELF, *OIDC_ORIGIN],
    }
}
UPLOAD_LIMIT = int(os.environ.get("DINGFEN_UPLOAD_MB", "50")) * 1024 * 1024
ATTACHMENT_LIMIT = int(os.environ.get("DINGFEN_ATTACHMENT_MB", "20")) * 1024 * 1024
CASE_FILES_LIMIT = int(os.environ.get("DINGFEN_CASE_FILES_MB", "200")) * 1024 * 1024
MAIL_LIMIT = (
    int(os.environ.get("DINGFEN_MAIL_MB", "40")) * 1024 * 1024
)  # of a larger letter the beginning is taken
READING_DAYS = int(os.environ.get("DINGFEN_READING_DAYS", "7"))  # to confirm having read a new version
REVIEW_DAYS = int(os.environ.get("DINGFEN_REVIEW_DAYS", "30"))  # to answer what cases say about an article
MODEL_URL = os.environ.get("DINGFEN_MODEL_URL", "")  # …/v1 of a language model; empty: none is asked
MODEL_NAME = os.environ.get("DINGFEN_MODEL_NAME", "default")
MODEL_KEY = os.environ.get("DINGFEN_MODEL_KEY", "")
MODEL_SECONDS = float(os.environ.get("DINGFEN_MODEL_SECONDS", "60"))
CLAMD = os.environ.get("DINGFEN_CLAMD", "")  # host:port or a socket's path; empty: files are not scanned
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024
API_RATE = int(os.environ.get("DINGFEN_API_RATE", "20000"))
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

SMTP_URL = os.environ.get("DINGFEN_SMTP_URL", "")
MAIL_FROM = os.environ.get("DINGFEN_MAIL_FROM", "Dingfen <dingfen@localhost>")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("DINGFEN_LOG", "WARNING")},
}
