"""The secrets of an office that runs by `make run DEMO=0`: made once, kept in one private file."""

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from deploy.launch.places import VAR, dotenv, say, setting

FILE = VAR / "secrets.env"


def random_key() -> str:
    """Return 32 random bytes in base64."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


RECIPES: dict[str, Callable[[], str]] = {
    "WAIBAN_SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "WAIBAN_FIELD_KEYS": lambda: f"k1:{random_key()}",
    "WAIBAN_BLIND_INDEX_KEY": random_key,
}


def office_secrets(file: Path = FILE) -> dict[str, str]:
    """Return the secrets that neither the environment nor `.env` sets; new ones go into the file (0600)."""
    kept = dotenv(file)
    wanted = [name for name in RECIPES if not setting(name)]
    missing = {name: RECIPES[name]() for name in wanted if name not in kept}
    if missing:
        file.parent.mkdir(exist_ok=True)
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as out:
            out.writelines(f"{name}={value}\n" for name, value in missing.items())
        say(f"已生成密钥，保存在 {file}，请另行备份：丢失后个人信息无法解密 …… back up these secrets")
    return {name: (kept | missing)[name] for name in wanted}
