//! What is written down after a contact: short notes in the words that salespeople use.

use super::dice::Dice;
use super::words::Trade;
use crate::engagement::interactions::Kind;
use crate::engagement::todos::Priority;

/// The texts of one record.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    pub content: String,
    pub feedback: Option<String>,
    /// What comes next, after how many days, and how urgent it is.
    pub next: Option<(String, i64, Priority)>,
}

/// A subject of a talk: what was said, what the customer answered, what comes next.
struct Subject(&'static str, &'static [&'static str], &'static [&'static str]);

/// `{who}` is the contact with form of address, `{site}` a place in the customer's house, `{need}` what they need,
/// `{n}` a number.
const REMOTE: &[Subject] = &[
    Subject(
        "跟进{need}的方案，{who}说在等预算",
        &["预算下个月上会，金额可能要压一压", "等预算", "老板还没签字，让我们别急"],
        &["下月初再问预算进展", "准备一份分期付款的方案"],
    ),
    Subject(
        "{who}要求报价：手持终端 {n} 台、标签打印机若干",
        &["要求报价含三年维保", "希望比上次便宜一个点", "对比了两家，价格差不多"],
        &["发正式报价单", "找产品部确认底价"],
    ),
    Subject(
        "{who}反馈上批设备交付延期，影响{site}上线",
        &["反馈交付延期，情绪不太好", "要求给出书面的到货时间", "希望先借几台顶一下"],
        &["向供应链确认到货日期并书面答复", "协调借用机 {n} 台"],
    ),
    Subject(
        "同步项目进度，{site}第二批终端已发货",
        &["收到，安排人接货", "希望送货前一天电话通知", "没有问题"],
        &["到货后电话回访"],
    ),
    Subject(
        "回访上周升级后的使用情况",
        &["速度比以前快，员工反映不错", "盘点界面还有点卡", "打印偶尔偏位，已教他们校准"],
        &["请技术支持远程看一下", "下周再回访一次"],
    ),
    Subject(
        "了解{who}下半年计划，可能新增一个仓",
        &["新仓年底投用，面积约 {n} 百平", "还在选址", "要看订单情况再定"],
        &["整理同行新仓案例发过去", "约仓储负责人碰面"],
    ),
    Subject(
        "提醒维保合同 {n} 天后到期，沟通续约",
        &["原则上续，要走审批", "想把保养次数加到每季度一次", "希望价格不涨"],
        &["发续约合同草稿", "申请续约优惠"],
    ),
    Subject(
        "对账：上月款项 {n} 万未到",
        &["财务说本周付", "发票抬头写错了，要换", "等他们客户回款"],
        &["核对发票并重开", "周五再催一次款"],
    ),
    Subject(
        "转发行业资讯：追溯新规的要点，{who}很关心",
        &["让我们出个合规清单", "已转给质量部", "暂时没有要求"],
        &["整理一页合规清单"],
    ),
    Subject(
        "{who}咨询扫码枪在{site}的信号问题",
        &["现场有两处死角", "让技术过来测一下", "换了位置好一些"],
        &["安排技术支持现场测信号"],
    ),
    Subject(
        "通知版本升级窗口，周末停机两小时",
        &["同意周六晚上升级", "旺季不要动系统", "需要提前一周发通知"],
        &["升级前一天再次提醒"],
    ),
    Subject("{who}出差，简单聊了几句，约下次细谈", &["下周回来", "让我们先联系他的同事"], &["下周再约时间"]),
    Subject(
        "确认试用情况，{site}试用了 {n} 天",
        &["试用效果可以，准备写采购申请", "和现有系统对接是关键", "员工觉得操作简单"],
        &["准备试用小结", "约 IT 一起看接口"],
    ),
    Subject("没有新的采购计划，保持联系", &["今年不打算投入", "有需要再找我们", "暂无"], &[]),
];
const VISIT: &[Subject] = &[
    Subject(
        "拜访{who}，看了{site}的现场，讨论{need}",
        &["对方案认可，关心上线时间", "希望先做一个区试点", "要我们给同行案例"],
        &["出试点方案", "约技术一起做现场勘察", "整理同行案例"],
    ),
    Subject(
        "上门演示新一代终端，{who}和三位班组长参加",
        &["屏幕大、看得清，大家比较喜欢", "担心摔坏，问质保", "希望支持戴手套操作"],
        &["留两台样机试用", "报价含备机"],
    ),
    Subject(
        "季度拜访{who}，回顾服务情况，满意",
        &["响应快，继续保持", "希望固定一位工程师", "对上次延期还有意见"],
        &["向客服部反馈固定工程师的要求"],
    ),
    Subject(
        "与{who}谈合同条款，付款方式基本谈妥",
        &["三七付款可以接受", "质保金要留 5%", "法务要再看一遍"],
        &["修改合同条款发法务", "催法务审核进度"],
    ),
    Subject(
        "到{site}验收第一批设备，{n} 台全部上线",
        &["验收通过", "有 2 台电池不耐用，要求更换", "现场贴标签的位置要调整"],
        &["更换电池", "提交验收单"],
    ),
    Subject(
        "陪同领导拜访{who}，交流明年合作",
        &["明年想把分公司也用起来", "希望建立高层定期沟通", "关注性价比"],
        &["拟明年合作框架", "约下季度高层会面"],
    ),
    Subject(
        "拜访{who}，送上新茶，聊了近况，{site}准备改造",
        &["改造图纸下月定", "让我们提前介入", "预算还没批"],
        &["改造图纸出来后做规划"],
    ),
    Subject(
        "处理{site}打印机故障，顺便拜访{who}",
        &["修得快，表示感谢", "设备老了，考虑换新", "希望有一台备用机"],
        &["给以旧换新方案", "登记备用机需求"],
    ),
];
const ACTIVITY: &[Subject] = &[
    Subject(
        "{who}参加本月客户沙龙：{need}",
        &["收获不小，想去标杆客户参观", "觉得案例和自己行业差别大", "带了一位同事来"],
        &["安排参观标杆客户"],
    ),
    Subject(
        "{who}参加线上产品分享会",
        &["提了三个问题，已当场答复", "中途离会，要回放", "想试用新功能"],
        &["发回放和资料", "开通试用"],
    ),
    Subject(
        "{who}参加新品体验日，现场试了新终端",
        &["对连续扫描速度满意", "价格是主要顾虑", "希望借一台回去试"],
        &["安排借机"],
    ),
    Subject(
        "邀请{who}参加操作技能培训，{n} 人到场",
        &["培训实用，希望每半年一次", "新员工反映跟不上", "要讲义"],
        &["发培训讲义"],
    ),
    Subject("{who}出席行业交流会，与两家同行交流经验", &["觉得同行做法值得借鉴", "希望下次谈谈降本", "很满意"], &[]),
];
const PREFERENCES: &[&str] = &[
    "喜欢普洱",
    "喜欢龙井",
    "喜欢岩茶",
    "不喝酒",
    "爱打羽毛球",
    "喜欢钓鱼",
    "喜欢下围棋",
    "收藏紫砂壶",
    "喜欢跑马拉松",
    "素食",
    "周一上午开例会，勿扰",
    "下午三点后电话方便",
    "不接陌生电话，先发微信",
    "喜欢看数据，少讲虚的",
    "重视准时，迟到会不高兴",
    "孩子今年高考",
    "喜欢摄影",
    "爱喝手冲咖啡",
    "老家潮汕，爱喝工夫茶",
    "喜欢徒步",
    "对价格敏感，喜欢先看方案再谈价",
    "习惯用邮件确认事项",
    "过敏体质，送礼避免坚果",
    "喜欢书法",
];

/// What somebody likes; one or two things.
pub fn preference(dice: &mut Dice) -> String {
    let one = *dice.pick(PREFERENCES);
    match dice.maybe(0.25, |dice| *dice.pick(PREFERENCES)) {
        Some(other) if other != one => format!("{one}；{other}"),
        _ => one.to_owned(),
    }
}

/// A note about a contact of this kind with `who`.
pub fn note(dice: &mut Dice, kind: Kind, who: &str, trade: &Trade) -> Note {
    let subjects = match kind {
        Kind::Visit | Kind::OnSite => VISIT,
        Kind::Activity => ACTIVITY,
        _ => REMOTE,
    };
    let Subject(said, answers, plans) = dice.pick(subjects);
    let number = dice.between(3, 60).to_string();
    let need = *dice.pick(trade.needs);
    let filled = |text: &str| {
        text.replace("{who}", who).replace("{site}", trade.site).replace("{need}", need).replace("{n}", &number)
    };
    let content = match kind {
        Kind::Meeting => format!("会议：{}", filled(said)),
        Kind::Email => format!("邮件：{}", filled(said)),
        _ => filled(said),
    };
    let feedback = dice.maybe(0.75, |dice| filled(answers[dice.below(answers.len())]));
    let planned = !plans.is_empty() && dice.chance(0.34);
    let next = planned.then(|| (filled(plans[dice.below(plans.len())]), dice.between(2, 12), priority(dice)));
    Note { content, feedback, next }
}

fn priority(dice: &mut Dice) -> Priority {
    let list = [(Priority::High, 2), (Priority::Medium, 5), (Priority::Low, 3)];
    dice.weighted(&list, |item| item.1).0
}

/// A greeting at a festival.
pub fn greeting(dice: &mut Dice, festival: &str, who: &str) -> Note {
    let said = [
        format!("微信向{who}送上{festival}祝福"),
        format!("{festival}问候{who}，发了贺卡"),
        format!("给{who}打电话，祝{festival}快乐"),
        format!("寄出{festival}小礼品，{who}已收到"),
    ];
    let answers = ["回复感谢", "互祝节日", "约节后见面", "问候收到"];
    Note {
        content: dice.pick(&said).clone(),
        feedback: dice.maybe(0.6, |dice| (*dice.pick(&answers)).to_owned()),
        next: None,
    }
}

/// What to do beside customers' next steps.
pub const CHORES: &[&str] = &[
    "整理本季度客户名单，核对联系方式",
    "准备周例会汇报",
    "补齐档案里缺的决策人",
    "更新重点客户的竞争情况",
    "给市场部报下月活动邀请名单",
    "准备续约客户的报价",
    "跟进逾期款项",
    "学习新品资料并做小测",
];

/// Why a grade goes up, and why it goes down.
pub const RAISED: &[&str] =
    &["年采购额超过标准", "签了三年框架合同", "新增分公司一并采用", "战略行业标杆客户", "连续两季采购增长"];
pub const LOWERED: &[&str] = &["连续两季没有采购", "项目取消，需求减少", "改用其他供应商，份额下降", "业务收缩"];
pub const HANDED: &[&str] = &["区域调整", "平衡客户数量", "客户要求更换对接人", "行业对口，交由更熟悉的同事"];
pub const LEAVING: &str = "同事离职，客户移交";

/// A major event: kind by number, and what happened.
pub const EVENTS: &[(usize, &str)] = &[
    (0, "完成新一轮融资，计划扩建仓库"),
    (0, "获得银行授信，准备设备更新"),
    (1, "调整战略，重点转向跨境业务"),
    (1, "启动数字化转型项目，明年全面上线"),
    (2, "总经理换人，新负责人来自同行"),
    (2, "采购负责人调岗，由副总代管"),
    (3, "总部搬迁到新园区"),
    (3, "主要仓库迁往郊区"),
    (4, "被同行收购，采购权限可能上收"),
    (4, "并购一家上游企业"),
    (5, "通过高新技术企业复审"),
    (5, "发生火灾，仓库部分受损，人员平安"),
];
