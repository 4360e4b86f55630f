"""Choices of outbound delegations."""

from django.db.models import IntegerChoices, TextChoices


class PlanType(TextChoices):
    CONTROLLED = "controlled", "计划控制"
    SEPARATE = "separate", "计划单列"
    ACADEMIC = "academic", "学术类"
    UNPLANNED = "unplanned", "计划外"


class PlanState(TextChoices):
    OPEN = "open", "申报中"
    CLOSED = "closed", "已批复"


class PlanItemState(TextChoices):
    DECLARED = "declared", "已申报"
    APPROVED = "approved", "已批复"
    REJECTED = "rejected", "未列入"


class Quarter(IntegerChoices):
    FIRST = 1, "一季度"
    SECOND = 2, "二季度"
    THIRD = 3, "三季度"
    FOURTH = 4, "四季度"


class Category(TextChoices):
    ADMIN = "admin", "行政类"
    TRADE = "trade", "招商经贸"
    SISTER_CITY = "sister_city", "友城交流"
    ACADEMIC = "academic", "学术交流合作"
    TEACHING = "teaching", "教学科研"
    TRAINING = "training", "培训"
    HK_MACAO = "hk_macao", "赴港澳"
    TAIWAN = "taiwan", "赴台（转台办）"


class OrganizeMode(TextChoices):
    OWN = "own", "自组"
    JOIN = "join", "参团（双跨）"
    FOLLOW = "follow", "随省市团"


class Level(TextChoices):
    BUREAU = "bureau", "正厅"
    DEPUTY_BUREAU = "deputy_bureau", "副厅"
    DIVISION = "division", "处级"
    BELOW_DIVISION = "below_division", "处级以下"
    OTHER = "other", "其他"


class Authority(TextChoices):
    MUNICIPAL = "municipal", "市级审批"
    PROVINCIAL = "provincial", "省级审批"


class Secrecy(TextChoices):
    ORDINARY = "ordinary", "普通"
    WORK_SECRET = "work_secret", "工作秘密"


class MemberRole(TextChoices):
    LEADER = "leader", "团长"
    DEPUTY = "deputy", "副团长"
    MEMBER = "member", "团员"
    INTERPRETER = "interpreter", "翻译"


class Gender(TextChoices):
    MALE = "male", "男"
    FEMALE = "female", "女"


class Identity(TextChoices):
    CIVIL_SERVANT = "civil_servant", "公务员"
    MANAGED = "managed", "参公人员"
    INSTITUTION = "institution", "事业人员"
    STATE_FIRM = "state_firm", "国企人员"
    OTHER = "other", "其他"


class CadreAuthority(TextChoices):
    PROVINCE = "province", "省管"
    CITY = "city", "市管"
    UNIT = "unit", "单位管"


class Clearance(TextChoices):
    NONE = "none", "非涉密"
    GENERAL = "general", "一般涉密"
    IMPORTANT = "important", "重要涉密"
    CORE = "core", "核心涉密"


class InviterKind(TextChoices):
    GOVERNMENT = "government", "外国政府或公共机构"
    FIRM = "firm", "外国企业"
    UNIVERSITY = "university", "外国高校或科研机构"
    ORGANISATION = "organisation", "国际组织或商协会"
    CHINESE_FIRM = "chinese_firm", "境外中资企业"
    OVERSEAS_CHINESE = "overseas_chinese", "海外华侨华人或社团"
    MISSION = "mission", "外国驻华机构"
    AGENT = "agent", "中介机构"


class Bearer(TextChoices):
    SELF = "self", "我方承担"
    HOST = "host", "外方承担"
    SHARED = "shared", "双方分担"


class Half(IntegerChoices):
    MORNING = 0, "上午"
    AFTERNOON = 1, "下午"


class EntryKind(TextChoices):
    OFFICIAL = "official", "公务"
    TRANSPORT = "transport", "交通"
    OTHER = "other", "其他"


class PassportKind(TextChoices):
    DIPLOMATIC = "DE", "外交护照"
    SERVICE = "SE", "公务护照"
    PUBLIC_AFFAIRS = "PE", "公务普通护照"
    HK_MACAO = "HM", "因公往来港澳通行证"


class Custody(TextChoices):
    STORED = "stored", "在库"
    OUT = "out", "出库送签"
    RELEASED = "released", "发放"
    CANCELLED = "cancelled", "注销"
    LOST = "lost", "遗失"


class Movement(TextChoices):
    REGISTER = "register", "入库登记"
    LOAN_OUT = "loan_out", "出库送签"
    COLLECT = "collect", "取签回库"
    RELEASE = "release", "发放"
    RETURN = "return", "交回入库"
    CANCEL = "cancel", "注销"
    LOSE = "lose", "挂失"


class PassportVerdict(TextChoices):
    VALID = "valid", "现持证照有效"
    RENEW = "renew", "换发"
    NEW = "new", "新办"


class SubmitPlace(TextChoices):
    BEIJING = "beijing", "北京"
    QINGDAO = "qingdao", "青岛"
    OTHER = "other", "其他"


class VisaResult(TextChoices):
    PENDING = "pending", "办理中"
    SUPPLEMENT = "supplement", "待补件"
    ISSUED = "issued", "已签发"
    REFUSED = "refused", "拒签"


class Interview(TextChoices):
    NOT_NEEDED = "not_needed", "免面谈"
    WAITING = "waiting", "待面谈"
    PASSED = "passed", "已完成"
    AGAIN = "again", "须再次面谈"


class FeeType(TextChoices):
    INTERNATIONAL = "international", "国际旅费"
    INTERCITY = "intercity", "国外城市间交通费"
    LODGING = "lodging", "住宿费"
    MEALS = "meals", "伙食费"
    MISC = "misc", "公杂费"
    OTHER = "other", "其他费用"


class FundSource(TextChoices):
    TREASURY = "treasury", "财政拨款"
    HOST = "host", "外方承担"
    ENTERPRISE = "enterprise", "企业自筹"


class LineKind(TextChoices):
    BUDGET = "budget", "预算"
    SETTLEMENT = "settlement", "决算"


class PublicityKind(TextChoices):
    PRE = "pre", "事前公示"
    POST = "post", "事后公示"


class PublicityResult(TextChoices):
    RUNNING = "running", "公示中"
    CLEAR = "clear", "无异议"
    SETTLED = "settled", "有异议已核实处理"
    OBJECTED = "objected", "有异议未处理"


class FilingResult(TextChoices):
    PENDING = "pending", "待审查"
    AGREED = "agreed", "同意派出"
    REFUSED = "refused", "不同意派出"


class PaperKind(TextChoices):
    PLAN_REPLY = "plan_reply", "年度计划批复"
    UNIT_DECISION = "unit_decision", "单位研究立项"
    CONSENT = "consent", "派员单位同意函"
    ACCEPTANCE = "acceptance", "受理通知"
    MISSION_REPLY = "mission_reply", "征求意见复函"
    INSTRUCTION = "instruction", "市领导批示"
    PROVINCE_SUBMIT = "province_submit", "转报件"
    PROVINCE_REPLY = "province_reply", "省级批复"
    APPROVAL = "approval", "任务批件"
    CONFIRMATION = "confirmation", "任务确认件"
    TASK_NOTICE = "task_notice", "任务通知书"
    NOTE_VERBALE = "note_verbale", "照会"
    EXIT_PROOF = "exit_proof", "出境证明"
    ARCHIVE = "archive", "电子卷宗"


class OutcomeStage(TextChoices):
    INTENT = "intent", "在谈"
    SIGNED = "signed", "签约"
    REGISTERED = "registered", "注册"
    FUNDED = "funded", "到资"
    STARTED = "started", "开工"
    PRODUCING = "producing", "投产"


class SettingTopic(TextChoices):
    """Which of the office's own tables was changed."""

    LIMITS = "limits", "规则参数"
    VISA = "visa", "签证口径"
    RATE = "rate", "经费标准"
    PLAN = "plan", "年度计划"
