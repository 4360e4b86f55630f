"""The upload form: which paper of which case, one file, and the promise that it is no secret."""

from django import forms

NOT_SECRET = "请先勾选“本文件不涉密”：本系统为非涉密系统，严禁存储、处理、传输国家秘密和工作秘密。"


class UploadForm(forms.Form):
    """What the partial posts. Errors are printed beside the paper, so each is one whole sentence."""

    case = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    item = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    participant = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    paper = forms.CharField(max_length=80, error_messages={"required": "请写明材料名称。"})
    file = forms.FileField(
        max_length=255,
        allow_empty_file=True,  # the check gives the better sentence
        error_messages={
            "required": "没有收到文件，请选择文件后再上传。",
            "invalid": "没有收到文件，请选择文件后再上传。",
            "max_length": "文件名过长，请改短后再上传。",
            "missing": "没有收到文件，请选择文件后再上传。",
        },
    )
    not_secret = forms.BooleanField(error_messages={"required": NOT_SECRET})

    def sentence(self) -> str:
        """The errors as one text."""
        return "".join(error for errors in self.errors.values() for error in errors)
