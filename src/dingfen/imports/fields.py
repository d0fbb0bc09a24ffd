# ruff: noqa: E501 (a table of names reads better in whole lines)
"""What a file may tell: the fields of each kind of import, their types, and the names columns go by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Type = Literal["text", "verbatim", "moment", "date", "money", "count", "choice", "flag"]
"""`verbatim` is a text kept as it stands, line breaks and all; every other one is cleaned."""
Kind = Literal["customers", "touches", "deals", "staff", "complaints"]


@dataclass(frozen=True, slots=True)
class Field:
    """`names`: what a column of it may be called, lower case without spaces. `choices`: code → words for it."""

    name: str
    label: str | Promise
    names: tuple[str, ...]
    type: Type = "text"
    required: bool = False
    limit: int = 200
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


KINDS_OF_CUSTOMER = {
    "person": ("个人", "自然人", "person", "individual"),
    "company": ("公司", "单位", "企业", "company", "account", "firm", "organisation", "organization"),
}
TOUCH_KINDS = {
    "walk_in": ("到店", "来店", "进店", "walk-in", "walkin", "walk in"),
    "call": ("来电", "呼入", "incoming call", "inbound"),
    "outgoing": ("去电", "外呼", "电话", "回访电话", "call", "phone", "outgoing call", "outbound"),
    "visit": ("拜访", "上门", "visit"),
    "message": ("消息", "微信", "短信", "邮件", "message", "sms", "wechat", "e-mail", "email"),
    "meeting": ("会议", "面谈", "洽谈", "meeting"),
}
CAME_BY = {
    "walk_in": ("到店", "来店", "自然到店", "walk-in", "walkin", "walk in"),
    "incoming_call": ("来电", "呼入", "incoming call", "inbound", "phone-in"),
    "online": ("网络", "线上", "网上咨询", "online", "web", "internet"),
    "referral": ("介绍", "转介绍", "老客户介绍", "referral", "introduced"),
    "broker": ("中介", "分销", "渠道商", "broker", "agency"),
    "event": ("活动", "展会", "车展", "event", "fair", "trade show"),
}
MET = {
    "customer": ("本人", "客户", "customer"),
    "immediate_family": ("家人", "直系亲属", "家属", "family", "immediate family"),
    "contact": ("联系人", "contact"),
    "other": ("其他", "other"),
}
OUTCOMES = {
    "won": ("成交", "赢单", "已签约", "签约", "won", "closed won", "win"),
    "lost": ("战败", "输单", "丢单", "lost", "closed lost", "loss"),
    "open": ("进行中", "跟进中", "open", "engaging", "prospecting", "in progress"),
}
ROLES = {
    "receptionist": ("前台", "receptionist"),
    "salesperson": ("销售顾问", "销售", "业务员", "salesperson", "sales agent", "agent", "sales"),
    "agent": ("客服", "service agent"),
    "head": ("部门负责人", "主管", "经理", "head", "manager", "team lead"),
    "general_manager": ("总经理", "general manager"),
    "compliance": ("稽查", "compliance"),
    "policy_owner": ("制度负责人", "policy owner"),
    "administrator": ("系统管理员", "administrator", "admin"),
}
CHANNELS = {
    "phone": ("电话", "来电", "热线", "phone", "telephone", "call", "customer care call"),
    "counter": ("柜台", "现场", "上门", "counter", "in person", "walk-in", "branch"),
    "letter": ("信件", "来信", "信函", "传真", "letter", "postal mail", "mail", "fax"),
    "mail": ("邮件", "电子邮件", "邮箱", "e-mail", "email"),
    "web": ("网页", "网站", "网上", "网络", "web", "internet", "online", "website", "form"),
    "chat": ("在线客服", "聊天", "chat"),
    "social": ("社交媒体", "微博", "论坛", "social media", "twitter", "weibo", "forum"),
    "wechat": ("微信", "wechat"),
    "sms": ("短信", "sms", "text message"),
    "authority": ("转办", "监管转办", "12315", "12345", "referral", "web referral", "authority", "regulator"),
    "api": ("接口", "api"),
}
STATES = {
    "open": ("处理中", "未办结", "待处理", "在办", "open", "pending", "in progress", "new"),
    "closed_accepted": ("已和解", "客户认可", "满意办结", "closed_accepted", "agreed", "solved", "accepted"),
    "closed_open": (
        "已办结",
        "办结",
        "已完成",
        "关闭",
        "已关闭",
        "closed_open",
        "closed",
        "resolved",
        "done",
    ),
    "withdrawn": ("已撤回", "撤诉", "撤回", "withdrawn", "cancelled"),
    "not_accepted": ("不予受理", "未受理", "not accepted", "rejected"),
}
GRADES = {grade: (grade, f"{grade}级", f"{grade} 级") for grade in "HABC"}

_CUSTOMER = (
    "客户", "客户名称", "客户姓名", "客户全称", "姓名", "名称", "公司名称", "单位名称", "customer", "customername",
    "account", "accountname", "name", "client", "company", "companyname",
)  # fmt: skip
_PHONE = (
    "电话",
    "手机",
    "手机号",
    "手机号码",
    "联系电话",
    "电话号码",
    "phone",
    "mobile",
    "tel",
    "phonenumber",
)
_STAFF = (
    "销售顾问", "销售", "业务员", "归属人", "负责人", "跟进人", "员工", "holder", "owner", "salesagent", "salesperson",
    "agent", "accountowner", "rep", "salesrep", "staff",
)  # fmt: skip
_CHANNEL = ("获客渠道", "来访渠道", "客户渠道", "成交渠道", "cameby", "registrationchannel")
_SCOPE = (
    "产品",
    "产品线",
    "车型",
    "项目",
    "product",
    "productline",
    "scope",
    "project",
    "productname",
    "model",
)
_NOTE = ("备注", "说明", "内容", "跟进内容", "note", "notes", "comment", "remarks")

CUSTOMERS = (
    Field("name", pgettext_lazy("import", "Name"), _CUSTOMER, required=True, limit=80),
    Field("kind", _("Person or company"), ("客户类型", "类型", "customertype", "type"), "choice", choices=KINDS_OF_CUSTOMER),
    Field("contact", _("Contact"), ("联系人", "联系人姓名", "contact", "contactname", "contactperson"), limit=80),
    Field("employer", _("Employer"), ("工作单位", "所在公司", "雇主", "employer"), limit=80),
    Field("latin_name", _("Latin name"), ("英文名", "拼音", "latinname", "englishname"), limit=80),
    Field("phone", _("Phone"), _PHONE),
    Field("email", _("E-mail"), ("邮箱", "电子邮箱", "邮件", "email", "e-mail", "mail")),
    Field("wechat", _("WeChat"), ("微信", "微信号", "wechat", "wechatid")),
    Field("plate", _("Plate"), ("车牌", "车牌号", "车牌号码", "plate", "licenseplate")),
    Field("vin", _("VIN"), ("车架号", "车辆识别代号", "vin")),
    Field("credit_code", _("Credit code"), ("统一社会信用代码", "信用代码", "税号", "creditcode")),
    Field("grade", pgettext_lazy("customer", "Grade"), ("客户等级", "等级", "级别", "意向级别", "grade", "level"), "choice", choices=GRADES),
    Field("need", pgettext_lazy("customer", "Need"), ("需求", "意向", "购车需求", "need", "needs", "interest"), limit=2000),
    Field("budget", _("Budget"), ("预算", "budget"), limit=2000),
    Field("address", _("Address"), ("地址", "住址", "address", "location", "officelocation"), limit=2000),
    Field("note", pgettext_lazy("customer", "Note"), (*_NOTE, "sector", "行业"), limit=2000),
    Field("scope", _("Product or project"), _SCOPE, limit=80),
    Field("holder", _("Holder"), _STAFF),
    Field("channel", _("How the customer came"), _CHANNEL, "choice", choices=CAME_BY),
    Field("registered_at", _("Registered at"), ("登记时间", "登记日期", "建档日期", "创建时间", "创建日期", "registeredat", "createdat", "created", "createddate"), "moment"),
)  # fmt: skip
TOUCHES = (
    Field("customer", _("Customer"), _CUSTOMER, limit=80),
    Field("phone", _("Phone"), _PHONE),
    Field("number", _("Customer number"), ("客户编号", "客户号", "customernumber", "customerid")),
    Field("staff", _("Who was there"), (*_STAFF, "接待人", "接待顾问"), required=True),
    Field("kind", _("Kind of touch"), ("接触方式", "方式", "跟进方式", "类型", "kind", "type", "channel", "activitytype"), "choice", required=True, choices=TOUCH_KINDS),
    Field("occurred_at", pgettext_lazy("import", "When"), ("时间", "日期", "接触时间", "跟进时间", "跟进日期", "来店时间", "occurredat", "date", "time", "when", "datetime", "activitydate"), "moment", required=True),
    Field("reached", _("Reached"), ("是否接通", "接通", "是否联系到", "reached", "answered", "connected"), "flag"),
    Field("met", _("With whom"), ("对象", "接触对象", "met", "with"), "choice", choices=MET),
    Field("scope", _("Product or project"), _SCOPE, limit=80),
    Field("card", _("Business card"), ("名片", "是否留名片", "card", "businesscard"), "flag"),
    Field("minutes", _("Minutes"), ("时长", "分钟", "minutes", "duration"), "count"),
    Field("note", pgettext_lazy("customer", "Note"), _NOTE, limit=2000),
)  # fmt: skip
DEALS = (
    Field("customer", _("Customer"), _CUSTOMER, required=True, limit=80),
    Field("phone", _("Phone"), _PHONE),
    Field("scope", _("Product or project"), _SCOPE, limit=80),
    Field("staff", _("Signer"), (*_STAFF, "签单人", "signer"), required=True),
    Field("opened_at", _("Begun"), ("登记日期", "开始日期", "创建日期", "商机创建", "engagedate", "opened", "openedat", "createddate", "startdate"), "moment"),
    Field("closed_at", _("Closed"), ("成交日期", "签约日期", "关闭日期", "结单日期", "closedate", "closed", "closedat", "signedat", "dealdate"), "moment"),
    Field("outcome", _("Outcome"), ("结果", "阶段", "状态", "商机阶段", "dealstage", "stage", "outcome", "status"), "choice", required=True, choices=OUTCOMES),
    Field("channel", _("How the customer came"), _CHANNEL, "choice", choices=CAME_BY),
    Field("touch_kind", _("Kind of the first touch"), ("接触方式", "首次接触方式", "touchkind", "firsttouchkind"), "choice", choices=TOUCH_KINDS),
    Field("closing_kind", _("Kind of the closing touch"), ("成交接触方式", "签约方式", "closingkind", "closetouchkind"), "choice", choices=TOUCH_KINDS),
    Field("amount", _("Amount"), ("金额", "成交金额", "合同金额", "closevalue", "amount", "value", "revenue"), "money"),
    Field("currency", _("Currency"), ("币种", "currency"), limit=3),
    Field("quantity", _("Quantity"), ("数量", "台数", "quantity", "units", "qty"), "count"),
    Field("reference", _("Contract number"), ("合同号", "合同编号", "订单号", "reference", "contract", "dealid", "opportunityid"), limit=40),
)  # fmt: skip
STAFF = (
    Field("name", pgettext_lazy("import", "Name"), ("姓名", "员工姓名", "员工", *_STAFF, "name", "fullname"), required=True, limit=60),
    Field("username", _("Account name"), ("账号", "用户名", "登录名", "username", "login")),
    Field("employee_number", _("Employee number"), ("工号", "员工编号", "employeenumber", "employeeid"), limit=30),
    Field("email", _("E-mail"), ("邮箱", "电子邮箱", "email", "e-mail", "mail")),
    Field("role", pgettext_lazy("import", "Role"), ("角色", "岗位", "职务", "role", "position", "jobtitle"), "choice", choices=ROLES),
    Field("team", pgettext_lazy("import", "Team"), ("部门", "团队", "小组", "所属部门", "team", "department", "unit")),
    Field("manager", _("Head of the team"), ("主管", "经理", "上级", "部门负责人", "manager", "supervisor", "reportsto"), limit=60),
    Field("site", pgettext_lazy("import", "Site"), ("场所", "门店", "展厅", "区域", "大区", "site", "office", "region", "regionaloffice", "branch")),
)  # fmt: skip
COMPLAINTS = (
    Field("reference", _("Number in the other system"), ("投诉编号", "编号", "工单号", "留言编号", "id", "complaintid", "caseid", "ticketid", "ticket", "reference", "number"), limit=80),
    Field("channel", _("Channel"), ("渠道", "来源", "受理渠道", "投诉渠道", "channel", "submittedvia", "receivedvia", "source"), "choice", required=True, choices=CHANNELS),
    Field("received_at", _("Received"), ("受理时间", "收到时间", "投诉时间", "留言时间", "登记时间", "日期", "received", "receivedat", "datereceived", "date", "opened", "openedat", "createddate", "created"), "moment", required=True),
    Field("subject", pgettext_lazy("complaint", "Subject"), ("标题", "主题", "留言主题", "问题简述", "subject", "title", "summary"), "verbatim", limit=300),
    Field("text", _("What the customer says"), ("内容", "投诉内容", "留言详情", "问题描述", "描述", "text", "narrative", "consumercomplaintnarrative", "complaint", "customercomplaint", "description"), "verbatim", limit=20_000),
    Field("klass", pgettext_lazy("complaint", "Class"), ("类别", "投诉类别", "投诉分类", "class", "category"), limit=120),
    Field("product", pgettext_lazy("import", "Product"), ("产品", "投诉品牌", "品牌", "product"), limit=120),
    Field("part", pgettext_lazy("import", "Part of the product"), ("子产品", "车系", "投诉车系", "subproduct", "part", "model"), limit=120),
    Field("matter", pgettext_lazy("import", "Matter"), ("问题", "典型问题", "事由", "一级分类", "issue", "matter", "problem", "reason"), limit=300),
    Field("detail", pgettext_lazy("import", "Detail"), ("子问题", "细分问题", "subissue", "detail"), limit=300),
    Field("name", _("Who complains"), ("投诉人", "客户姓名", "留言用户", "姓名", "name", "complainant", "customer", "consumer"), limit=80),
    Field("phone", _("Phone"), _PHONE),
    Field("email", _("E-mail"), ("邮箱", "电子邮箱", "email", "e-mail")),
    Field("amount", _("Amount"), ("金额", "涉及金额", "amount"), "money"),
    Field("currency", _("Currency"), ("币种", "currency"), limit=3),
    Field("state", pgettext_lazy("import", "State"), ("状态", "处理状态", "投诉状态", "state", "status"), "choice", choices=STATES),
    Field("answered_at", _("First answer"), ("首次答复时间", "答复时间", "回复时间", "answeredat", "answered", "respondedat", "replied"), "moment"),
    Field("closed_at", pgettext_lazy("import", "Closed at"), ("办结时间", "完成时间", "关闭时间", "closedat", "closed", "dateclosed", "resolvedat"), "moment"),
    Field("reply", _("Answer to the customer"), ("答复意见", "答复内容", "回复内容", "reply", "response", "answer"), "verbatim", limit=20_000),
    Field("outcome", _("Remedy given"), ("处理结果", "补救", "companyresponsetoconsumer", "outcome", "remedy", "resolution"), limit=120),
    Field("in_time", _("Answered in time"), ("是否按时", "是否及时", "及时", "timelyresponse", "timely", "intime", "madesla"), "flag"),
    Field("handler", pgettext_lazy("import", "Handler"), ("处理人", "经办人", "handler", "assignedto", "agent", "owner")),
)  # fmt: skip
KINDS: dict[str, tuple[Field, ...]] = {
    "customers": CUSTOMERS,
    "touches": TOUCHES,
    "deals": DEALS,
    "staff": STAFF,
    "complaints": COMPLAINTS,
}


def fields_of(kind: str) -> dict[str, Field]:
    """The fields of a kind by name."""
    return {one.name: one for one in KINDS[kind]}
