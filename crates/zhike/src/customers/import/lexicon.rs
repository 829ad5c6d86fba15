//! The headings that other CRMs and people's own sheets use, in the form that [`super::headings`] brings them into:
//! half width, small letters, without spaces, marks and what stands in brackets.

/// Whose field a heading names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    Customer,
    Contact,
    /// 电话, 邮箱: of the contact where the sheet has one, of the customer otherwise.
    Either,
}

use Whose::{Contact, Customer, Either};

/// A field, how sure its words are (of 100), and the words.
pub type Entry = (Whose, &'static str, i32, &'static [&'static str]);

/// Headings that mean exactly this.
pub const EXACT: &[Entry] = &[
    (
        Customer,
        "name",
        100,
        &[
            "客户名称", "公司名称", "企业名称", "单位名称", "客户全称", "公司全称", "企业全称", "单位全称", "公司名",
            "客户公司", "客户单位", "客户企业名称", "机构名称", "商户名称", "商家名称", "店铺名称", "门店名称", "甲方名称",
            "购货单位", "往来单位", "往来单位名称", "companyname", "customername", "accountname", "clientname",
            "organizationname", "organisationname", "businessname",
        ],
    ),
    (
        Customer,
        "name",
        90,
        &[
            "客户", "公司", "企业", "单位", "客户名", "甲方", "工作单位", "所在公司", "所属公司", "任职公司", "所在单位",
            "company", "customer", "account", "client", "organization", "business",
        ],
    ),
    (Customer, "short_name", 100, &["简称", "客户简称", "公司简称", "企业简称", "单位简称", "别名", "shortname", "alias"]),
    (Customer, "kind", 80, &["客户类型", "客户性质", "客户种类", "主体类型", "类型", "kind", "customertype", "accounttype", "type"]),
    (
        Customer,
        "number",
        80,
        &["客户编号", "编号", "客户编码", "客户代码", "客户号", "客户id", "customerno", "customernumber", "accountnumber", "customerid"],
    ),
    (
        Customer,
        "credit_code",
        100,
        &[
            "统一社会信用代码", "社会信用代码", "信用代码", "统一信用代码", "税号", "企业税号", "公司税号", "纳税人识别号",
            "纳税识别号", "纳税人税号", "营业执照号", "营业执照号码", "营业执照注册号", "组织机构代码", "taxno", "taxid",
            "taxnumber", "creditcode", "uscc", "unifiedsocialcreditcode", "vatnumber",
        ],
    ),
    (Customer, "industry", 100, &["行业", "所属行业", "所在行业", "行业类别", "行业分类", "行业类型", "客户行业", "industry"]),
    (
        Customer,
        "region",
        100,
        &[
            "地区", "区域", "省市", "省份", "省", "城市", "市", "区县", "县区", "区", "县", "所在地", "所在地区", "所属地区",
            "所在省市", "所在城市", "所在省份", "省市区", "行政区划", "客户地区", "销售区域", "所属区域", "所在区域", "region",
            "province", "city", "district", "county", "area", "state",
        ],
    ),
    (
        Customer,
        "address",
        100,
        &[
            "地址", "详细地址", "公司地址", "单位地址", "企业地址", "联系地址", "办公地址", "通讯地址", "经营地址", "客户地址",
            "address", "street", "streetaddress",
        ],
    ),
    (Customer, "address", 60, &["注册地址", "收货地址", "送货地址", "billingaddress", "shippingaddress"]),
    (Customer, "website", 100, &["网址", "网站", "官网", "公司网址", "公司网站", "主页", "公司主页", "website", "url", "homepage"]),
    (
        Customer,
        "phone",
        95,
        &[
            "公司电话", "单位电话", "企业电话", "座机", "座机号", "座机号码", "公司座机", "固话", "固定电话", "办公电话", "总机",
            "客户电话", "前台电话", "officephone", "workphone", "mainphone", "businessphone", "companyphone", "landline",
        ],
    ),
    (Customer, "email", 95, &["公司邮箱", "企业邮箱", "单位邮箱", "客户邮箱"]),
    (Customer, "id_number", 100, &["身份证", "身份证号", "身份证号码", "证件号", "证件号码", "idnumber", "idcard", "idcardnumber"]),
    (
        Customer,
        "staff_count",
        100,
        &[
            "员工人数", "人数", "公司规模", "企业规模", "人员规模", "员工数", "员工规模", "职工人数", "公司人数", "规模",
            "employees", "numberofemployees", "staffcount", "headcount", "staff", "companysize",
        ],
    ),
    (
        Customer,
        "annual_revenue_fen",
        100,
        &[
            "年营收", "年营业额", "营业额", "年销售额", "年收入", "营收", "营业收入", "年产值", "年营业收入", "年营收额",
            "annualrevenue", "revenue", "turnover",
        ],
    ),
    (
        Customer,
        "founded_on",
        100,
        &["成立日期", "成立时间", "成立年份", "创立时间", "创立日期", "公司成立时间", "founded", "foundedon", "foundingdate", "establishedon"],
    ),
    (Customer, "founded_on", 70, &["注册日期", "注册时间"]),
    (
        Customer,
        "main_business",
        100,
        &["主营业务", "主营", "主营产品", "业务范围", "主要产品", "主要业务", "mainbusiness", "businessscope", "products"],
    ),
    (Customer, "main_business", 80, &["经营范围"]),
    (Customer, "organisation", 100, &["组织架构", "组织结构", "orgchart", "organisationstructure", "organizationstructure", "organisation"]),
    (
        Customer,
        "source",
        100,
        &["来源", "客户来源", "来源渠道", "获客渠道", "信息来源", "线索来源", "获取渠道", "渠道来源", "source", "leadsource", "customersource"],
    ),
    (Customer, "source", 70, &["渠道", "channel"]),
    (Customer, "tags", 100, &["标签", "客户标签", "tags", "tag", "labels", "label"]),
    (Customer, "tags", 70, &["分组", "客户分组", "客户分类", "group", "segment"]),
    (
        Customer,
        "cooperation_since",
        100,
        &[
            "合作时间", "合作日期", "开始合作时间", "开始合作日期", "首次合作时间", "首次合作日期", "建立合作时间", "合作开始时间",
            "合作开始日期", "合作起始日", "合作起始时间", "cooperationsince", "customersince", "since",
        ],
    ),
    (Customer, "cooperation_since", 70, &["签约时间", "签约日期", "首单日期", "首次成交时间", "首次成交日期", "成交时间", "成交日期"]),
    (Either, "preferences", 80, &["偏好", "喜好", "爱好", "兴趣爱好", "沟通偏好", "preferences", "hobbies"]),
    (Customer, "preferences", 100, &["客户偏好"]),
    (
        Customer,
        "core_need",
        100,
        &["核心需求", "需求", "客户需求", "主要需求", "需求描述", "意向产品", "需求产品", "coreneed", "needs", "requirement", "requirements"],
    ),
    (
        Customer,
        "notes",
        100,
        &["备注", "说明", "备注信息", "备注说明", "客户备注", "附注", "remark", "remarks", "note", "notes", "comment", "comments", "memo"],
    ),
    (
        Customer,
        "notes",
        60,
        &[
            "描述", "客户描述", "其他", "其它", "跟进记录", "最近跟进记录", "最新跟进记录", "注册资金", "注册资本", "开户行",
            "开户银行", "description", "registeredcapital", "备用电话", "老客户编号",
        ],
    ),
    (
        Customer,
        "grade",
        100,
        &[
            "客户级别", "客户等级", "级别", "等级", "客户分级", "客户星级", "vip等级", "grade", "customergrade", "customerlevel",
        ],
    ),
    (Customer, "grade", 80, &["重要程度", "重要性", "客户重要度", "客户重要程度", "level", "rating", "priority"]),
    (
        Customer,
        "owner",
        100,
        &[
            "业务员", "跟进人", "归属人", "销售", "销售员", "销售人员", "客户经理", "所属销售", "客户负责人", "业务负责人",
            "销售负责人", "所有人", "客户所有人", "拥有者", "维护人", "对接销售", "所属业务员", "归属销售", "业务经理", "跟单员",
            "owner", "accountowner", "salesperson", "salesrep", "accountmanager", "assignedto", "ownername",
        ],
    ),
    (Customer, "owner", 85, &["负责人", "责任人", "经办人"]),
    (
        Customer,
        "created_at",
        100,
        &[
            "录入时间", "创建时间", "录入日期", "创建日期", "建档时间", "建档日期", "登记时间", "登记日期", "添加时间", "添加日期",
            "入库时间", "createdat", "createdtime", "createddate", "createdon", "createtime", "dateadded",
        ],
    ),
    (
        Contact,
        "name",
        100,
        &[
            "联系人", "联系人姓名", "联系人名称", "主要联系人", "首要联系人", "主联系人", "联络人", "对接人", "客户联系人",
            "关键联系人", "联系人名字", "contact", "contactname", "contactperson", "primarycontact",
        ],
    ),
    (Contact, "name", 55, &["法人", "法定代表人", "法人代表", "老板", "企业负责人", "采购负责人"]),
    (Contact, "position", 100, &["职务", "职位", "岗位", "头衔", "职称", "title", "jobtitle", "position", "job"]),
    (Contact, "department", 90, &["部门", "所在部门", "department", "dept"]),
    (Contact, "salutation", 90, &["称呼", "称谓", "性别", "尊称", "gender", "sex", "salutation"]),
    (
        Contact,
        "decision_maker",
        100,
        &["是否决策人", "决策人", "是否决策者", "关键决策人", "是否关键人", "是否关键决策人", "decisionmaker"],
    ),
    (Contact, "authority", 90, &["决策权限", "决策角色", "决策权", "决策影响力", "authority"]),
    (Contact, "birthday", 100, &["生日", "出生日期", "出生年月日", "birthday", "dateofbirth", "birthdate", "birth"]),
    (
        Either,
        "phone",
        100,
        &[
            "手机", "手机号", "手机号码", "移动电话", "联系手机", "手机电话", "电话手机", "mobile", "mobilephone", "mobileno",
            "mobilenumber", "cell", "cellphone",
        ],
    ),
    (
        Either,
        "phone",
        90,
        &[
            "电话", "联系电话", "电话号码", "联系方式", "联络电话", "联系号码", "tel", "telephone", "phone", "phonenumber",
            "contactnumber", "phoneno",
        ],
    ),
    (
        Either,
        "email",
        100,
        &["邮箱", "电子邮箱", "email", "mail", "邮件", "电子邮件", "邮箱地址", "邮件地址", "电邮", "emailaddress"],
    ),
    (Either, "wechat", 100, &["微信", "微信号", "微信id", "微信号码", "wechat", "weixin", "wechatid"]),
];

/// 姓名 and the like name the contact where the sheet has companies, and the customer, a person, where it has none.
pub const PERSON: &[&str] = &["姓名", "名字", "客户姓名", "会员姓名", "名称", "name", "fullname", "customerfullname"];

/// Headings that look like something and are not to be taken.
pub const NOTHING: &[&str] = &[
    "序号", "no", "编码", "传真", "公司传真", "fax", "邮编", "邮政编码", "zip", "zipcode", "postcode", "postalcode", "录入人", "创建人",
    "更新时间", "修改时间", "最后修改时间", "更新日期", "updatedat", "最后跟进时间", "最近跟进时间", "最近联系时间", "最后联系时间",
    "下次跟进时间", "下次联系时间", "归属部门", "所属部门", "上次联系", "未导入原因", "原行号", "国家", "country",
];

/// Words that tell a field when they stand at the end of a longer heading: (whose, field, word).
pub const ENDINGS: &[(Whose, &str, &str)] = &[
    (Either, "phone", "手机号码"),
    (Either, "phone", "手机号"),
    (Either, "phone", "手机"),
    (Either, "phone", "电话"),
    (Either, "email", "邮箱"),
    (Either, "wechat", "微信号"),
    (Either, "wechat", "微信"),
    (Customer, "name", "客户名称"),
    (Customer, "name", "公司名称"),
    (Customer, "name", "企业名称"),
    (Customer, "name", "单位名称"),
    (Contact, "name", "联系人"),
    (Customer, "address", "地址"),
    (Customer, "industry", "行业"),
    (Customer, "grade", "客户级别"),
    (Customer, "grade", "客户等级"),
    (Customer, "source", "来源"),
    (Customer, "notes", "备注"),
    (Customer, "credit_code", "信用代码"),
    (Customer, "owner", "负责人"),
    (Customer, "owner", "业务员"),
];
