"""Forms of the calendar import: paste or file, then the confirmation of what was read."""

from datetime import date
from typing import Any

from django import forms
from django.core import signing

from waiban.core.errors import Stale
from waiban.workdays.axis import FIRST_YEAR, LAST_YEAR
from waiban.workdays.parse import Notice, NoticeDay, parse_file, parse_notice

SALT = "workdays.import"
PREVIEW_SECONDS = 24 * 3600
MAX_TEXT = 20_000


class NoticeForm(forms.Form):
    """The notice as pasted text, or a csv/xlsx list of days. A valid form holds what was read in `notice`."""

    text = forms.CharField(
        label="粘贴通知全文",
        required=False,
        max_length=MAX_TEXT,
        strip=False,
        help_text="从中国政府网复制《国务院办公厅关于××××年部分节假日安排的通知》全文，粘贴到这里。",
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        error_messages={"max_length": "内容过长，请只粘贴通知正文。"},
    )
    file = forms.FileField(
        label="或上传文件",
        required=False,
        allow_empty_file=True,
        help_text="CSV 或 Excel（xlsx），三列：日期、类型（放假/上班）、名称。",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
    )
    year = forms.IntegerField(
        label="年份",
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        help_text="一般不必填写，由系统从通知中读出。",
        error_messages={
            "invalid": "请输入四位年份，例如 2027。",
            "min_value": f"年份须在 {FIRST_YEAR} 年至 {LAST_YEAR} 年之间。",
            "max_value": f"年份须在 {FIRST_YEAR} 年至 {LAST_YEAR} 年之间。",
        },
    )

    notice: Notice

    def clean(self) -> dict[str, Any]:
        """Read the notice; every blocking issue becomes an error at the field it came from."""
        data = super().clean()
        text, file = data.get("text", ""), data.get("file")
        if self.errors:
            return data
        if bool(text.strip()) == bool(file):
            raise forms.ValidationError(
                "粘贴了文字又选了文件，请只保留一种。" if file else "请粘贴通知全文，或选择一个文件。",
                code="one",
            )
        self.notice = (
            parse_file(file.name, file.read(), data["year"]) if file else parse_notice(text, data["year"])
        )
        for issue in self.notice.issues:
            if issue.blocking:
                place = "year" if issue.where == "年份" else "file" if file else "text"
                self.add_error(place, issue.text if place == "year" else str(issue))
        return data


class ConfirmForm(forms.Form):
    """What the preview showed, signed, with the promise that it was compared where doubts were found."""

    preview = forms.CharField(widget=forms.HiddenInput, max_length=MAX_TEXT)
    source = forms.CharField(label="文号或来源", required=False, max_length=100)
    compared = forms.BooleanField(
        label="已与通知原文逐项核对，确认导入",
        error_messages={"required": "有需要核对的地方，请与原文核对后勾选确认。"},
    )

    def __init__(self, *args: Any, doubtful: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not doubtful:
            del self.fields["compared"]


def seal(notice: Notice, version: int) -> str:
    """Sign what the preview shows, so that exactly this is imported and nothing else."""
    return signing.dumps(
        {
            "year": notice.year,
            "source": notice.source,
            "published": notice.published_on.isoformat() if notice.published_on else None,
            "days": [[day.date.isoformat(), int(day.is_workday), day.name] for day in notice.days],
            "doubts": [[issue.where, issue.text] for issue in notice.issues],
            "version": version,
        },
        salt=SALT,
        compress=True,
    )


def unseal(text: str) -> dict[str, Any]:
    """Return the preview with real dates and days; Stale when it is too old or was altered."""
    try:
        data = signing.loads(text, salt=SALT, max_age=PREVIEW_SECONDS)
    except signing.BadSignature:
        raise Stale("预览已过期，请重新粘贴通知并预览。", "CALENDAR_PREVIEW") from None
    data["published"] = date.fromisoformat(data["published"]) if data["published"] else None
    data["days"] = [
        NoticeDay(date.fromisoformat(day), bool(works), name) for day, works, name in data["days"]
    ]
    return data
