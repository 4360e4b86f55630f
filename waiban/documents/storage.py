"""Private files on disk: whole or not there at all."""

import os
import uuid
from pathlib import Path

from django.core.files import File
from django.core.files.storage import FileSystemStorage

PART_SUFFIX = ".part"


class DurableStorage(FileSystemStorage):
    """Files outside the static tree, without an address of their own.

    A file is written under a temporary name, forced to disk and then renamed: a killed process or a full disk
    leaves a `.part` for the sweep, never a cut file under a name that a row points at.
    """

    def url(self, name: str | None) -> str:
        """Private files have no address; they pass the guarded view."""
        raise ValueError("私有文件没有直接地址。")

    def _save(self, name: str, content: File) -> str:
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = target.with_name(f".{uuid.uuid4().hex}{PART_SUFFIX}")
        try:
            with open(part, "xb") as out:
                for chunk in content.chunks():
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            os.chmod(part, 0o600)
            os.rename(part, target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)
        return name


def _sync_folder(folder: Path) -> None:
    """Force a rename to disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def private_storage() -> DurableStorage:
    """Storage of the uploaded files, below MEDIA_ROOT."""
    return DurableStorage()


def stored_name(document_id: uuid.UUID) -> str:
    """Path of a document below MEDIA_ROOT: made by us alone, never from what a user typed."""
    text = str(document_id)
    return f"documents/{text[:2]}/{text}"
