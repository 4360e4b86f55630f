"""Shows an encrypted value as mask, with the way to open it for those who may."""

from typing import Any

from django import template
from django.db import models

from waiban.audit.reveals import may_reveal

register = template.Library()


@register.inclusion_tag("audit/partials/_sealed.html", takes_context=True)
def sealed(context: template.Context, obj: models.Model, field: str) -> dict[str, Any]:
    """Print the mask of `obj.field`; with the right to it also 查看完整, which asks for a reason and is
    logged.
    """
    request = context["request"]
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "obj": obj,
        "label": obj._meta.label_lower,
        "field": field,
        "field_name": obj._meta.get_field(field).verbose_name,
        "mask": getattr(obj, field).mask,
        "may": may_reveal(request.actor, obj, field),
        "value": "",
        "error": "",
        "reason": "",
    }
