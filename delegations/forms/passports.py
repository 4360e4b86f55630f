"""Forms of the steps 25 to 31: the documents of the members, from the check to the hand-over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from delegations.enums import Category, Custody, Movement, PassportKind, PassportVerdict
from delegations.forms.base import GroupForm, RowForm, Section, chinese_field
from delegations.forms.lines import day_field
from delegations.models import IN_USE, Application, Passport, Traveller
from delegations.rules.person import expires_too_early, expiry_error, passport_error, photo_code_error
from delegations.services import current_document, move_passport, register_passport
from waiban.core.errors import BadInput
from waiban.core.fields import SealedFormField, index_of
from waiban.core.text import clean_text
from waiban.core.time import today
from waiban.workflow.engine import Door
from waiban.workflow.state import Item


class DocumentFields(forms.Form):
    """Number, days and place of a document, checked against its kind and the day of return (R13, R19)."""

    kind = forms.ChoiceField(label="证照种类", choices=PassportKind.choices, required=False)
    number = SealedFormField(label="证照号码", required=False)
    issued_on = day_field("签发日期", required=False)
    expires_on = day_field("有效期至", required=False)
    pages_left = forms.IntegerField(label="空白签证页", min_value=0, max_value=99, required=False)
    location = forms.CharField(label="存放位", max_length=40, required=False)

    def check_document(self, traveller: Traveller, *, entry_date: Any, months: int, permit: bool) -> None:
        """Add a sentence to each field that is missing or does not fit."""
        data = self.cleaned_data
        for name in ("kind", "number", "issued_on", "expires_on"):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, f"请填写{self.fields[name].label}。")
        kind, number = data.get("kind"), clean_text(data.get("number") or "", identifier=True)
        if kind and (kind == PassportKind.HK_MACAO) is not permit:
            wanted = "赴港澳团组须用因公往来港澳通行证。" if permit else "出国团组须用因公护照。"
            self.add_error("kind", wanted)
        if kind and number:
            self._check_number(traveller, kind, number)
        issued, expires = data.get("issued_on"), data.get("expires_on")
        if issued and issued > today():
            self.add_error("issued_on", "签发日期不能晚于今天，请核对。")
        if issued and expires and expires <= issued:
            self.add_error("expires_on", "有效期须晚于签发日期，请核对。")
        elif expires and entry_date and (sentence := expiry_error(expires, entry_date, months)):
            self.add_error("expires_on", sentence)
        data["number"] = number

    def _check_number(self, traveller: Traveller, kind: str, number: str) -> None:
        if sentence := passport_error(number, kind):
            self.add_error("number", sentence)
            return
        index = index_of(Passport, "number", number)
        if Passport.objects.filter(office=traveller.office_id, number_index=index).exists():
            self.add_error("number", "该证照号码已登记，请直接选用或核对号码。")

    def register(self, traveller: Traveller, actor: Any, group: Any) -> Passport:
        """Take the checked document into the library."""
        data = self.cleaned_data
        return register_passport(
            traveller=traveller,
            kind=data["kind"],
            number=data["number"],
            issued_on=data["issued_on"],
            expires_on=data["expires_on"],
            pages_left=data.get("pages_left"),
            location=data.get("location", ""),
            actor=actor,
            delegation=group,
        )


class PassportCheckForm(DocumentFields, GroupForm):
    """Step 25: is there a document that outlives the return, or must a new one be made?"""

    verdict = forms.ChoiceField(label="核查结论", choices=PassportVerdict.choices, widget=forms.RadioSelect)
    passport = forms.ModelChoiceField(
        label="所用证照", queryset=Passport.objects.none(), required=False, empty_label="请选择"
    )
    reason = forms.CharField(label="换发、新办原因", max_length=200, required=False)
    hide = frozenset({"number", "passport"})
    sections = (
        Section(
            "核查结论",
            "有效的证照须在回国后 6 个月内有效并有空白页；换发、新办的将增加采集、申请、制证环节。",
            ("verdict", "passport", "reason"),
        ),
        Section(
            "登记现持证照",
            "证照不在库中的，在此登记后直接使用；库中已有的不必填写。",
            ("kind", "number", "issued_on", "expires_on", "pages_left", "location"),
        ),
    )

    def prepare(self) -> None:
        """Offer the documents of the member that are in use, and what seems right."""
        self.permit = self.group.category == Category.HK_MACAO
        owned = self.member.traveller.passports.filter(custody__in=IN_USE)
        fitting = (
            owned.filter(kind=PassportKind.HK_MACAO)
            if self.permit
            else owned.exclude(kind=PassportKind.HK_MACAO)
        )
        self.fields["passport"].queryset = fitting
        best = current_document(self.member, self.group)
        early = best is not None and self._too_early(best)
        if best is not None and not early:
            self.initial |= {"verdict": PassportVerdict.VALID, "passport": best}
        elif best is not None:
            self.initial |= {"verdict": PassportVerdict.RENEW, "reason": "有效期不足回国后 6 个月"}
        elif self.member.has_document is False:
            self.initial |= {"verdict": PassportVerdict.NEW, "reason": "首次办理"}
        if self.member.verdict and self.initial.get("verdict") != PassportVerdict.VALID:
            self.initial |= {"verdict": self.member.verdict, "reason": self.member.verdict_reason}

    def _too_early(self, passport: Passport) -> bool:
        day = self.group.entry_date
        return day is not None and expires_too_early(passport.expires_on, day, self.limits.passport_months)

    def clean(self) -> dict[str, Any]:
        """A valid document is chosen or registered and lasts; a new one has its reason."""
        data = super().clean() or self.cleaned_data
        if data.get("verdict") != PassportVerdict.VALID:
            if data.get("verdict") and not data.get("reason"):
                self.add_error("reason", "换发或新办的，请写明原因。")
            return data
        chosen = data.get("passport")
        if chosen is None and not data.get("number"):
            self.add_error("passport", "请选择所用证照，或在下方登记现持证照。")
        elif chosen is None:
            self.check_document(
                self.member.traveller,
                entry_date=self.group.entry_date,
                months=self.limits.passport_months,
                permit=self.permit,
            )
        elif self._too_early(chosen):
            self.add_error(
                "passport",
                expiry_error(chosen.expires_on, self.group.entry_date, self.limits.passport_months),
            )
        return data

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Keep the verdict with the member."""
        data, member = self.cleaned_data, self.member
        member.verdict = data["verdict"]
        member.verdict_reason = "" if member.verdict == PassportVerdict.VALID else data["reason"]
        member.passport = None
        member.has_document = member.verdict == PassportVerdict.VALID
        if member.verdict == PassportVerdict.VALID:
            member.passport = data["passport"] or self.register(member.traveller, self.actor, self.group)
        member.save(update_fields=["verdict", "verdict_reason", "passport", "has_document"])
        return {"证照": str(member.passport)} if member.passport else None


class BiometricsForm(GroupForm):
    """Step 26: photo, fingerprints and signature were taken; they serve for later trips too."""

    collected_on = day_field("采集日期")
    photo_code = forms.CharField(label="照片回执编码", max_length=20, help_text="20 位数字，见照片回执。")
    hide = frozenset({"photo_code"})
    sections = (Section("采集", "照片为白底小二寸；采集过的以后不必再采。", ("collected_on", "photo_code")),)

    def prepare(self) -> None:
        """Offer today."""
        self.fields["collected_on"].initial = today()

    def clean_photo_code(self) -> str:
        """20 digits."""
        code = clean_text(self.cleaned_data["photo_code"], identifier=True)
        if sentence := photo_code_error(code):
            raise forms.ValidationError(sentence)
        return code

    def clean(self) -> dict[str, Any]:
        """It has been done."""
        data = super().clean() or self.cleaned_data
        self.not_future("collected_on", "采集日期")
        return data

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Keep it with the application and with the person."""
        data = self.cleaned_data
        Application.objects.update_or_create(
            member=self.member,
            defaults={"collected_on": data["collected_on"], "photo_code": data["photo_code"]},
        )
        self.member.traveller.biometrics_on = data["collected_on"]
        self.member.traveller.save(update_fields=["biometrics_on"])
        return None


class ApplicationForm(RowForm):
    """Base of the steps 27 to 29, which fill the application for a new document."""

    required_now: tuple[str, ...] = ()
    today_field = ""

    def find_instance(self) -> Application:
        """Return the application of the member, or a new one."""
        found = Application.objects.filter(member=self.member).first()
        if found is not None:
            return found
        permit = self.group.category == Category.HK_MACAO
        kind = PassportKind.HK_MACAO if permit else PassportKind.PUBLIC_AFFAIRS
        return Application(member=self.member, kind=kind)

    def prepare(self) -> None:
        """What this step needs, and today."""
        for name in (*self.required_now, self.today_field):
            self.fields[name].required = True
        self.initial[self.today_field] = self.initial.get(self.today_field) or today()

    def clean(self) -> dict[str, Any]:
        """It has been done."""
        data = super().clean() or self.cleaned_data
        self.not_future(self.today_field, str(self.fields[self.today_field].label))
        return data


class PassportFormForm(ApplicationForm):
    """Step 27: the application form for the new document."""

    required_now = ("kind", "form_no")
    today_field = "applied_on"
    sections = (
        Section(
            "申请表",
            "副县、处级以上公务员办公务护照，其他人员办公务普通护照；赴港澳办通行证。",
            ("kind", "form_no", "applied_on"),
        ),
    )

    class Meta:
        model = Application
        fields = ["kind", "form_no", "applied_on"]
        formfield_callback = chinese_field

    def clean_kind(self) -> str:
        """Permit for Hong Kong and Macao, passport for abroad."""
        kind = self.cleaned_data["kind"]
        permit = self.group.category == Category.HK_MACAO
        if (kind == PassportKind.HK_MACAO) is not permit:
            wanted = "赴港澳团组须办因公往来港澳通行证。" if permit else "出国团组须办因公护照。"
            raise forms.ValidationError(wanted)
        return kind


class PassportSendForm(ApplicationForm):
    """Step 28: the file went to the province in a batch."""

    required_now = ("batch_no",)
    today_field = "sent_on"
    sections = (Section("报送", "报送清单号便于与省委外办核对。", ("batch_no", "sent_on")),)

    class Meta:
        model = Application
        fields = ["batch_no", "sent_on"]
        formfield_callback = chinese_field


class PassportMadeForm(ApplicationForm):
    """Step 29: the province has made the document."""

    today_field = "made_on"
    sections = (Section("制证", "材料齐全的，省委外办 5 个工作日内制证。", ("made_on",)),)

    class Meta:
        model = Application
        fields = ["made_on"]
        formfield_callback = chinese_field


class PassportRegisterForm(DocumentFields, GroupForm):
    """Step 30: the new document enters the library; the one it replaces is cancelled."""

    hide = frozenset({"number"})
    sections = (
        Section(
            "新证照",
            "逐项对照资料页核对；旧照同时注销，不得同时持有两本。",
            ("kind", "number", "issued_on", "expires_on", "pages_left", "location"),
        ),
    )

    def prepare(self) -> None:
        """Offer the kind that was applied for."""
        applied = Application.objects.filter(member=self.member).first()
        if applied is not None:
            self.initial.setdefault("kind", applied.kind)
            self.initial.setdefault("issued_on", applied.made_on)

    def clean(self) -> dict[str, Any]:
        """Number, kind and days fit together and to the trip."""
        data = super().clean() or self.cleaned_data
        self.check_document(
            self.member.traveller,
            entry_date=self.group.entry_date,
            months=self.limits.passport_months,
            permit=self.group.category == Category.HK_MACAO,
        )
        return data

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Register the document and give it to the member for this trip."""
        self.member.passport = self.register(self.member.traveller, self.actor, self.group)
        self.member.has_document = True
        self.member.save(update_fields=["passport", "has_document"])
        return {"证照": str(self.member.passport)}


class LoanOutForm(GroupForm):
    """Step 31: the document leaves the library for the visa."""

    out_on = day_field("出库日期")
    to_whom = forms.CharField(label="交接对象", max_length=60, help_text="送签员或领取人姓名。")
    sections = (Section("出库", "每次交接都有记录，随时可查证照在谁手里。", ("out_on", "to_whom")),)

    def prepare(self) -> None:
        """Offer today."""
        self.fields["out_on"].initial = today()

    def clean(self) -> dict[str, Any]:
        """The document is known and lies in the library."""
        data = super().clean() or self.cleaned_data
        self.not_future("out_on", "出库日期")
        passport = current_document(self.member, self.group)
        if passport is None:
            self.add_error(None, "该成员还没有可用的因公证照，请先完成证照核查或入库登记。")
        elif passport.custody != Custody.STORED and not self._out_for_us(passport):
            self.add_error(
                None, f"{passport}目前“{passport.get_custody_display()}”，不在库中，请核对证照去向。"
            )
        return data

    def _out_for_us(self, passport: Passport) -> bool:
        """Whether the document left for this very trip in an earlier round of the step."""
        if passport.custody != Custody.OUT:
            return False
        last = passport.movements.order_by("-pk").first()
        return last is not None and last.delegation_id == self.group.pk

    def write(self, door: Door, item: Item) -> Mapping[str, Any] | None:
        """Hand the document over."""
        passport = current_document(self.member, self.group)
        if passport is None:
            raise BadInput({"": "该成员还没有可用的因公证照，请先完成证照核查。"})
        if not self._out_for_us(passport):
            move_passport(
                passport=passport,
                movement=Movement.LOAN_OUT,
                actor=self.actor,
                delegation=self.group,
                to_whom=self.cleaned_data["to_whom"],
            )
        self.member.passport = passport
        self.member.save(update_fields=["passport"])
        return None
