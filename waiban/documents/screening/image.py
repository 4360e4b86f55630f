"""Pictures: they must decode to the last line, and not be too large to decode."""

from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from waiban.documents.enums import ContentType
from waiban.documents.screening.errors import BadFile

MAX_PIXELS = 50_000_000
_FORMATS = {ContentType.JPEG: ("JPEG",), ContentType.PNG: ("PNG",)}
_TOO_LARGE = BadFile("PIXELS", "图片尺寸过大（超过 5000 万像素），请缩小或降低扫描分辨率后再上传。")


def check_image(file: BinaryIO, kind: ContentType) -> None:
    """Raise BadFile when the picture is too large, damaged, or not of its kind."""
    try:
        with Image.open(file, formats=_FORMATS[kind]) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise _TOO_LARGE
            picture.draft(
                "L", (picture.width // 8, picture.height // 8)
            )  # decodes a JPEG at an eighth of the size
            picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _TOO_LARGE from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise BadFile("IMAGE", "图片已损坏或格式不支持，请重新拍摄、扫描或导出后再上传。") from error
