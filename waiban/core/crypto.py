"""Encryption of personal values: AES-256-GCM with key ids, bound to the row; HMAC for blind indexes.

A token reads `v1.<key id>.<base64url(nonce + ciphertext + tag)>`. The associated data names the model, the
field and the row, so a token that is copied into another row or column cannot be opened there.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from waiban.core.text import clean_text

_NONCE = 12
_VERSION = "v1"


class CannotOpen(Exception):
    """A token that is damaged, belongs to another row, or whose key is not in the ring."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys by id; the first one of the setting seals, every one of them opens."""

    active: str
    keys: dict[str, AESGCM]


@lru_cache(maxsize=4)
def _parse_ring(text: str) -> KeyRing:
    keys: dict[str, AESGCM] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        key_id, _, encoded = part.partition(":")
        keys[key_id] = AESGCM(_decode_key(encoded, "WAIBAN_FIELD_KEYS"))
    if not keys:
        raise ImproperlyConfigured("WAIBAN_FIELD_KEYS 为空：至少需要一把密钥（编号:base64）。")
    return KeyRing(active=next(iter(keys)), keys=keys)


def _decode_key(encoded: str, name: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise ImproperlyConfigured(f"{name} 不是有效的 base64。") from error
    if len(key) != 32:
        raise ImproperlyConfigured(f"{name} 的每把密钥必须是 32 字节。")
    return key


def key_ring() -> KeyRing:
    """Return the ring of WAIBAN_FIELD_KEYS; raises ImproperlyConfigured when a key is missing or
    malformed.
    """
    return _parse_ring(settings.FIELD_KEYS)


def seal(plain: str, context: str) -> str:
    """Return the token of `plain` under the active key, readable only together with the same `context`."""
    ring = key_ring()
    nonce = secrets.token_bytes(_NONCE)
    body = ring.keys[ring.active].encrypt(nonce, plain.encode(), context.encode())
    return f"{_VERSION}.{ring.active}.{base64.urlsafe_b64encode(nonce + body).decode()}"


def unseal(token: str, context: str) -> str:
    """Return the plain text of a token; raises CannotOpen when it was damaged, moved, or its key is
    missing.
    """
    version, _, rest = token.partition(".")
    key_id, _, encoded = rest.partition(".")
    cipher = key_ring().keys.get(key_id)
    if version != _VERSION or cipher is None:
        raise CannotOpen(f"没有编号为 {key_id or '？'} 的密钥，无法打开该字段。")
    try:
        body = base64.urlsafe_b64decode(encoded)
        return cipher.decrypt(body[:_NONCE], body[_NONCE:], context.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("密文已损坏，或不属于这一行记录。") from error


def key_id_of(token: str) -> str:
    """Return the id of the key that sealed the token ("" for an empty token)."""
    return token.split(".")[1] if token else ""


def blind_index(value: str, field: str) -> str:
    """Return the keyed fingerprint of a value for exact search and uniqueness; "" stays "".

    value: as typed (full width, blanks and letter case do not matter); field: "app.model.field", so that
    equal values in different columns cannot be matched with each other.
    """
    normal = clean_text(value, identifier=True)
    if not normal:
        return ""
    key = _decode_key(settings.BLIND_INDEX_KEY, "WAIBAN_BLIND_INDEX_KEY")
    return hmac.new(key, f"{field}|{normal}".encode(), hashlib.sha256).hexdigest()


def chain_mac(content: bytes, chain: str) -> str:
    """Return the keyed hash of one link of a log chain; without the key nobody can write a chain that
    holds.

    chain: name of the log. The key is derived from the one of the blind index, which is never changed
    either.
    """
    root = _decode_key(settings.BLIND_INDEX_KEY, "WAIBAN_BLIND_INDEX_KEY")
    key = hmac.new(root, f"chain|{chain}".encode(), hashlib.sha256).digest()
    return hmac.new(key, content, hashlib.sha256).hexdigest()
