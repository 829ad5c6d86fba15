//! The words that names, addresses and trades are made of.

use crate::customers::model::Industry;

/// Sales regions of the sample company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Area {
    East,
    North,
    South,
    West,
}

pub struct City {
    /// As companies write it before their name.
    pub name: &'static str,
    /// GB/T 2260.
    pub code: &'static str,
    pub area: Area,
    pub weight: u32,
}

const fn city(name: &'static str, code: &'static str, area: Area, weight: u32) -> City {
    City { name, code, area, weight }
}

pub const CITIES: &[City] = &[
    city("上海", "310000", Area::East, 14),
    city("苏州", "320500", Area::East, 9),
    city("杭州", "330100", Area::East, 9),
    city("南京", "320100", Area::East, 6),
    city("宁波", "330200", Area::East, 6),
    city("无锡", "320200", Area::East, 5),
    city("常州", "320400", Area::East, 3),
    city("嘉兴", "330400", Area::East, 3),
    city("南通", "320600", Area::East, 3),
    city("温州", "330300", Area::East, 3),
    city("合肥", "340100", Area::East, 4),
    city("福州", "350100", Area::East, 3),
    city("北京", "110000", Area::North, 10),
    city("天津", "120000", Area::North, 6),
    city("济南", "370100", Area::North, 4),
    city("青岛", "370200", Area::North, 6),
    city("烟台", "370600", Area::North, 3),
    city("石家庄", "130100", Area::North, 3),
    city("唐山", "130200", Area::North, 2),
    city("太原", "140100", Area::North, 2),
    city("大连", "210200", Area::North, 3),
    city("郑州", "410100", Area::North, 4),
    city("广州", "440100", Area::South, 9),
    city("深圳", "440300", Area::South, 11),
    city("东莞", "441900", Area::South, 6),
    city("佛山", "440600", Area::South, 5),
    city("惠州", "441300", Area::South, 3),
    city("珠海", "440400", Area::South, 2),
    city("中山", "442000", Area::South, 2),
    city("厦门", "350200", Area::South, 4),
    city("南宁", "450100", Area::South, 2),
    city("成都", "510100", Area::West, 8),
    city("重庆", "500000", Area::West, 7),
    city("昆明", "530100", Area::West, 4),
    city("贵阳", "520100", Area::West, 3),
    city("绵阳", "510700", Area::West, 2),
];

pub const ROADS: &[&str] = &[
    "人民路",
    "中山路",
    "解放路",
    "建设路",
    "科技路",
    "创业路",
    "工业大道",
    "兴业街",
    "文化路",
    "滨河路",
    "和平路",
    "振兴路",
    "学院路",
    "迎宾大道",
    "园区南路",
    "星湖街",
    "光华路",
    "东环路",
    "长江路",
    "黄河路",
    "松山湖大道",
    "银河路",
];

/// A trade: what stands in a company's name, and what follows from it.
pub struct Trade {
    pub word: &'static str,
    pub industry: Industry,
    pub business: &'static str,
    /// What they need of us.
    pub needs: &'static [&'static str],
    /// What their people talk about.
    pub site: &'static str,
    pub weight: u32,
    /// Yearly revenue per head in ten thousand yuan.
    pub per_head: i64,
}

const fn trade(
    (word, industry, weight, per_head): (&'static str, Industry, u32, i64),
    business: &'static str,
    site: &'static str,
    needs: &'static [&'static str],
) -> Trade {
    Trade { word, industry, business, needs, site, weight, per_head }
}

pub const TRADES: &[Trade] = &[
    trade(
        ("机械", Industry::Manufacturing, 9, 90),
        "工程机械零部件、专用设备的生产与销售",
        "总装车间",
        &["备件仓做到先进先出，盘点从三天缩到一天", "工装夹具借还可追溯", "替换老旧手持终端"],
    ),
    trade(
        ("电子", Industry::Manufacturing, 9, 80),
        "电子元器件、线路板组装的生产与销售",
        "SMT 车间",
        &["物料批次全程追溯，满足客户审厂", "防静电标签打印", "产线与仓库数据打通"],
    ),
    trade(
        ("食品", Industry::Manufacturing, 6, 110),
        "休闲食品、调味品的生产与批发",
        "冷库",
        &["冷链批次与保质期预警", "经销商窜货追踪", "耐低温手持终端"],
    ),
    trade(
        ("纺织", Industry::Manufacturing, 4, 50),
        "面料、家纺的生产与出口",
        "坯布仓",
        &["坯布按卷管理，减少找货时间", "出口装箱单自动生成"],
    ),
    trade(
        ("化工", Industry::Manufacturing, 4, 150),
        "精细化工原料的生产与销售",
        "危化品库",
        &["防爆终端与危化品台账", "槽车出入库称重联动"],
    ),
    trade(
        ("医药", Industry::Manufacturing, 4, 130),
        "中成药、保健品的生产与批发",
        "阴凉库",
        &["药品追溯码采集符合监管要求", "温湿度记录与库位联动"],
    ),
    trade(
        ("汽车零部件", Industry::Manufacturing, 6, 100),
        "汽车内外饰件、底盘件的生产与销售",
        "发运区",
        &["按主机厂看板准时发运", "料箱循环管理，减少丢箱"],
    ),
    trade(
        ("新材料", Industry::Manufacturing, 4, 140),
        "复合材料、功能薄膜的研发与生产",
        "成品库",
        &["卷材余料管理", "质检数据随批次走"],
    ),
    trade(
        ("包装", Industry::Manufacturing, 3, 60),
        "纸箱、彩盒、塑料包装的生产与销售",
        "模切车间",
        &["订单多批量小，要快速换签", "在制品看板"],
    ),
    trade(
        ("建材", Industry::Manufacturing, 3, 90),
        "瓷砖、管材、板材的生产与批发",
        "堆场",
        &["堆场库位可视化", "出货扫码防错"],
    ),
    trade(
        ("软件技术", Industry::Information, 5, 60),
        "行业软件开发与系统集成",
        "机房",
        &["资产盘点与借用登记", "作为集成商联合投标"],
    ),
    trade(
        ("网络科技", Industry::Information, 3, 70),
        "互联网信息服务、电子商务运营",
        "云仓",
        &["电商云仓波次拣货", "大促前扩容"],
    ),
    trade(
        ("物流", Industry::Transport, 8, 60),
        "普通货运、仓储服务、城市配送",
        "分拨中心",
        &["多货主仓储计费", "手持终端租赁", "到货预约与月台管理"],
    ),
    trade(
        ("供应链管理", Industry::Transport, 5, 120),
        "供应链管理、进出口代理、仓配一体化服务",
        "保税仓",
        &["保税仓账册对接", "多仓库存统一视图"],
    ),
    trade(
        ("商贸", Industry::Trade, 7, 150),
        "日用百货、五金机电的批发与零售",
        "门店仓",
        &["门店补货与调拨", "标签打印机批量更换"],
    ),
    trade(("国际贸易", Industry::Trade, 4, 200), "货物与技术进出口", "外贸仓", &["双语标签", "报关资料与装箱数据一致"]),
    trade(
        ("医疗器械", Industry::Trade, 4, 180),
        "二、三类医疗器械的经营",
        "器械库",
        &["UDI 扫码入出库", "寄售库存对账"],
    ),
    trade(
        ("建筑工程", Industry::Construction, 4, 80),
        "房屋建筑、市政工程施工",
        "项目部库房",
        &["工地物资领用登记", "周转材料租赁结算"],
    ),
    trade(
        ("酒店管理", Industry::Hospitality, 3, 40),
        "酒店运营与管理",
        "布草房",
        &["布草洗涤芯片管理", "固定资产盘点"],
    ),
    trade(
        ("餐饮管理", Industry::Hospitality, 3, 35),
        "连锁餐饮、团餐服务",
        "中央厨房",
        &["中央厨房配送差错率下降", "食材保质期管理"],
    ),
    trade(
        ("教育科技", Industry::Education, 2, 45),
        "教育软件与教学设备",
        "图书与资产室",
        &["教室设备资产清点", "图书自助借还"],
    ),
    trade(("环保科技", Industry::Water, 3, 90), "水处理、固废处置设备与运营", "药剂库", &["危废转移台账", "巡检打卡"]),
    trade(
        ("能源科技", Industry::Utilities, 3, 160),
        "光伏、储能设备的销售与运维",
        "运维备件库",
        &["运维备件全国调拨", "序列号质保管理"],
    ),
    trade(
        ("农业发展", Industry::Agriculture, 2, 50),
        "果蔬种植、冷链与销售",
        "分拣中心",
        &["产地到门店一箱一码", "产季临时工快速上手"],
    ),
    trade(
        ("检测技术", Industry::Science, 2, 55),
        "产品检验检测与认证服务",
        "样品室",
        &["样品流转不丢不混", "样品留存期提醒"],
    ),
    trade(
        ("文化传媒", Industry::Culture, 2, 60),
        "活动策划、展览展示",
        "道具库",
        &["展具租借归还登记", "展会现场签到"],
    ),
];

/// Names that everybody knows are left to those who have them.
pub const KNOWN_NAMES: &[&str] = &[
    "恒瑞", "恒大", "万达", "华润", "长安", "长城", "金龙", "金山", "宏达", "光大", "平安", "泰康", "东方", "新华",
    "中兴", "同方", "海信", "海天", "天合", "安踏", "嘉士", "富达", "德邦", "顺丰", "美达", "立讯", "歌尔", "润泰",
    "永辉", "永达",
];
pub const FIRST: &[&str] = &[
    "华", "恒", "瑞", "盛", "鼎", "金", "宏", "远", "嘉", "泰", "丰", "博", "德", "信", "源", "卓", "凯", "天", "新",
    "立", "永", "安", "联", "同", "顺", "润", "和", "百", "正", "诚", "海", "长", "朗", "富", "腾", "启", "创", "科",
    "维", "优",
];
pub const SECOND: &[&str] = &[
    "盛", "泰", "丰", "达", "隆", "邦", "诚", "和", "源", "兴", "辉", "昌", "腾", "博", "捷", "航", "利", "特", "润",
    "通", "茂", "佳", "锐", "拓", "晟", "禾", "森", "铭", "众", "星", "力", "益", "康", "宇", "来", "升", "驰", "洋",
    "川", "岳",
];
pub const THIRD: &[&str] = &["源", "业", "兴", "发", "和", "泰", "达", "联", "创", "港"];

pub const FORMS: &[(&str, u32)] =
    &[("有限公司", 72), ("有限责任公司", 8), ("股份有限公司", 10), ("集团有限公司", 6), ("科技有限公司", 4)];

pub const SURNAMES: &[(&str, u32)] = &[
    ("王", 72),
    ("李", 72),
    ("张", 68),
    ("刘", 54),
    ("陈", 45),
    ("杨", 31),
    ("黄", 22),
    ("赵", 23),
    ("吴", 20),
    ("周", 21),
    ("徐", 17),
    ("孙", 16),
    ("马", 15),
    ("朱", 15),
    ("胡", 13),
    ("郭", 12),
    ("何", 12),
    ("林", 12),
    ("罗", 10),
    ("高", 10),
    ("郑", 9),
    ("梁", 9),
    ("谢", 8),
    ("宋", 8),
    ("唐", 8),
    ("许", 7),
    ("邓", 7),
    ("韩", 7),
    ("冯", 7),
    ("曹", 6),
    ("彭", 6),
    ("曾", 6),
    ("肖", 6),
    ("田", 5),
    ("董", 5),
    ("潘", 5),
    ("袁", 5),
    ("蔡", 5),
    ("蒋", 5),
    ("余", 5),
    ("于", 5),
    ("杜", 5),
    ("叶", 5),
    ("程", 5),
    ("魏", 5),
    ("苏", 4),
    ("吕", 4),
    ("丁", 4),
    ("任", 4),
    ("卢", 4),
    ("姚", 4),
    ("沈", 4),
    ("钟", 4),
    ("姜", 4),
    ("崔", 3),
    ("谭", 3),
    ("陆", 3),
    ("范", 3),
    ("汪", 3),
    ("廖", 3),
];
pub const MEN: &[&str] = &[
    "伟", "强", "磊", "军", "勇", "杰", "涛", "明", "超", "刚", "平", "辉", "鹏", "斌", "波", "宇", "浩", "凯", "建国",
    "建华", "志强", "志远", "文斌", "海涛", "俊杰", "国栋", "晓东", "永康", "家豪", "子轩", "立新", "振华", "德胜",
    "少峰", "一鸣", "天宇", "学军", "金龙", "启明", "向阳",
];
pub const WOMEN: &[&str] = &[
    "芳", "娜", "敏", "静", "丽", "艳", "娟", "霞", "燕", "玲", "婷", "雪", "慧", "颖", "洁", "莉", "倩", "梅", "琳",
    "萍", "秀英", "桂兰", "晓燕", "雅琴", "思雨", "佳怡", "梦洁", "海燕", "春梅", "丽华", "文静", "美玲", "雨欣",
    "淑芬", "若曦", "晓红", "冬梅", "玉婷", "诗涵", "念慈",
];
