"""Kinds of files that the portal keeps."""

from django.db.models import TextChoices


class ContentType(TextChoices):
    """The five kinds of file that may be uploaded; the value is what a download declares."""

    PDF = "application/pdf", "PDF"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel"
    JPEG = "image/jpeg", "JPG 图片"
    PNG = "image/png", "PNG 图片"
