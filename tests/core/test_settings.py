"""A real office cannot start with what is allowed in the demo."""

import base64
import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

KEY = base64.b64encode(b"k" * 32).decode()
SECRETS = {
    "WAIBAN_SECRET_KEY": "s" * 60,
    "WAIBAN_FIELD_KEYS": f"k1:{KEY}",
    "WAIBAN_BLIND_INDEX_KEY": KEY,
    "WAIBAN_ALLOWED_HOSTS": "waiban.example.cn",
}
NAMES = (
    "SESSION_COOKIE_NAME",
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_NAME",
    "CSRF_COOKIE_SECURE",
    "PASSWORD_DAYS",
    "MFA_REQUIRED_ROLES",
    "DEBUG",
    "ALLOWED_HOSTS",
    "SECURE_HSTS_SECONDS",
    "HASHED_STATIC",
)


def start(**env: str) -> subprocess.CompletedProcess[str]:
    """Read the settings in a process of their own and print some of them."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WAIBAN_")}
    shown = f"{{n: getattr(s, n) for n in {NAMES}}}"
    code = f"import json; from django.conf import settings as s; print(json.dumps({shown}))"
    return subprocess.run(
        [sys.executable, "-c", code],
        env=kept | env | {"DJANGO_SETTINGS_MODULE": "waiban.settings"},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("missing", ["WAIBAN_SECRET_KEY", "WAIBAN_FIELD_KEYS", "WAIBAN_BLIND_INDEX_KEY"])
def test_a_missing_secret_stops_the_start_with_a_sentence(missing: str) -> None:
    answer = start(**{name: value for name, value in SECRETS.items() if name != missing})
    assert answer.returncode == 1
    assert answer.stderr.strip() == f"缺少环境变量 {missing}：正式运行必须设置，参见 .env.example。"


def test_an_unknown_password_policy_stops_the_start() -> None:
    answer = start(**SECRETS, WAIBAN_PASSWORD_POLICY="none")
    assert answer.returncode == 1
    assert "只能是 dengbao 或 modern" in answer.stderr


def test_a_real_office_has_safe_cookies_fresh_passwords_and_second_factors() -> None:
    answer = start(**SECRETS, WAIBAN_HSTS_SECONDS="31536000")
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout) == {
        "SESSION_COOKIE_NAME": "__Host-waiban",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_NAME": "__Host-waiban-csrf",
        "CSRF_COOKIE_SECURE": True,
        "PASSWORD_DAYS": 90,
        "MFA_REQUIRED_ROLES": ["sysadmin", "auditor"],
        "DEBUG": False,
        "ALLOWED_HOSTS": ["waiban.example.cn"],
        "SECURE_HSTS_SECONDS": 31536000,
        "HASHED_STATIC": True,
    }


def test_the_modern_policy_asks_for_no_regular_change() -> None:
    answer = start(**SECRETS, WAIBAN_PASSWORD_POLICY="modern")
    assert json.loads(answer.stdout)["PASSWORD_DAYS"] == 0


def test_mail_of_the_demo_becomes_files_beside_the_other_data() -> None:
    assert str(settings.BASE_DIR / "var" / "mail") == settings.EMAIL_FILE_PATH
