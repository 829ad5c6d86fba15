//! What customers of the sample company brought to the service desk in the last weeks, and what was done about it: most of
//! it in time, some of it late, and some that still runs.

use jiff::{SignedDuration, Timestamp};

use super::dice::Dice;
use super::life::Life;
use super::{Happening, What};
use crate::desk::cases::{Channel, Kind, Outcome};

/// Working days that the stories reach back, and a few for those that go on.
const BACK: i64 = 60;
const DESK: &str = "客服部";
const TECHNICIANS: &str = "技术支持部";

/// A step of a case.
#[derive(Clone, Debug)]
pub struct Served {
    /// Which case: when it reached the company, to the microsecond.
    pub received_at: Timestamp,
    pub by: usize,
    pub step: Service,
}

#[derive(Clone, Copy, Debug)]
pub enum Service {
    Opened {
        /// Nobody knows yet who it is.
        customer: Option<usize>,
        channel: Channel,
        kind: Option<Kind>,
        level: i64,
        subject: &'static str,
        content: &'static str,
        product: &'static str,
    },
    Answered(&'static str),
    Thanked(&'static str),
    /// To whom.
    Given(usize),
    TakenUp,
    Called(usize),
    Joined,
    Noted(&'static str),
    Wrote(&'static str),
    Waits(&'static str),
    Solution(&'static str),
    Solved(&'static str),
    /// The closing letter.
    Told,
    FollowedUp(Outcome, &'static str),
    Closed,
    Reopened(&'static str),
}

/// Who does a step.
#[derive(Clone, Copy)]
enum By {
    Desk,
    Technician,
}

/// A step as it is laid out: working days after the first, the minute of that day, by whom, what.
type Step = (usize, i64, By, Move);

#[derive(Clone, Copy)]
enum Move {
    Given,
    Called,
    Step(Service),
}

struct Story {
    /// Working days before today; 0 is today, or the last working day.
    ago: usize,
    minute: i64,
    /// Its customer, as a share of the list in thousandths; nobody knows who it is without one.
    customer: Option<usize>,
    channel: Channel,
    kind: Option<Kind>,
    level: i64,
    subject: &'static str,
    content: &'static str,
    product: &'static str,
    steps: &'static [Step],
}

use By::{Desk, Technician};
use Move::{Called, Given, Step as Does};
use Service::{
    Answered, Closed, FollowedUp, Joined, Noted, Reopened, Solution, Solved, TakenUp, Thanked, Told, Waits, Wrote,
};

const STORIES: &[Story] = &[
    // In time, from the first call to the customer's word.
    Story {
        ago: 24,
        minute: 9 * 60 + 12,
        customer: Some(40),
        channel: Channel::Phone,
        kind: Some(Kind::Problem),
        level: 2,
        subject: "X200 主轴报警，加工精度超差",
        content: "二号车间的 X200 从早上开始报主轴过热，工件超差三丝，先停了这一台。",
        product: "数控机床 X200",
        steps: &[
            (0, 9 * 60 + 20, Desk, Does(Answered("已记录，技术支持一小时内联系您，先不要加工精密件。"))),
            (0, 9 * 60 + 25, Desk, Given),
            (0, 9 * 60 + 50, Technician, Does(TakenUp)),
            (0, 14 * 60, Technician, Does(Solution("下午带主轴轴承到现场，换完试机两小时。"))),
            (1, 11 * 60, Technician, Does(Solved("主轴轴承磨损，已更换并重新标定，试机两小时无报警。"))),
            (1, 14 * 60, Technician, Does(Told)),
            (2, 10 * 60, Desk, Does(FollowedUp(Outcome::Confirmed, "车间主任说精度恢复，没有再报警。"))),
        ],
    },
    // A line stood still: a task force, with the solution in time.
    Story {
        ago: 17,
        minute: 13 * 60 + 35,
        customer: Some(5),
        channel: Channel::Phone,
        kind: Some(Kind::Problem),
        level: 1,
        subject: "控制系统升级后整线停产",
        content: "昨晚升级，今天中午三条线全部停产，交货期是后天，请马上来人！",
        product: "控制系统升级",
        steps: &[
            (0, 13 * 60 + 41, Desk, Does(Answered("已按一级处理，专项小组一小时内到位，电话保持畅通。"))),
            (0, 13 * 60 + 45, Desk, Given),
            (0, 13 * 60 + 50, Desk, Called),
            (0, 14 * 60 + 20, Technician, Does(Joined)),
            (0, 14 * 60 + 25, Technician, Does(TakenUp)),
            (0, 16 * 60 + 5, Technician, Does(Solution("先回退到旧版本恢复生产，周末再分线升级。"))),
            (0, 19 * 60, Technician, Does(Solved("新版驱动与旧伺服不兼容，已回退，三条线恢复。"))),
            (0, 19 * 60 + 20, Technician, Does(Told)),
            (1, 9 * 60 + 30, Desk, Does(FollowedUp(Outcome::Confirmed, "生产总监确认三条线正常，交货不受影响。"))),
        ],
    },
    // The first answer was late, and the matter took too long.
    Story {
        ago: 21,
        minute: 10 * 60 + 4,
        customer: Some(130),
        channel: Channel::Email,
        kind: Some(Kind::Complaint),
        level: 3,
        subject: "备件发错型号，两次都没换对",
        content: "订的是备件包 A，收到的密封圈尺寸不对，寄回去换来的还是旧型号。",
        product: "备件包 A",
        steps: &[
            (0, 13 * 60 + 45, Desk, Does(Thanked("抱歉两次都没发对，谢谢您指出，今天就核对库存重发。"))),
            (0, 14 * 60, Desk, Given),
            (1, 9 * 60 + 10, Technician, Does(TakenUp)),
            (8, 16 * 60, Technician, Does(Solved("库位标签贴错，已更正；正确型号顺丰补发并退还运费。"))),
            (9, 15 * 60, Technician, Does(Told)),
            (10, 10 * 60, Desk, Does(FollowedUp(Outcome::Unreachable, "电话无人接听。"))),
            (11, 15 * 60, Desk, Does(FollowedUp(Outcome::Confirmed, "收到了，型号对。希望以后不要再错。"))),
        ],
    },
    // It waited for the customer, whose time does not count.
    Story {
        ago: 14,
        minute: 15 * 60 + 8,
        customer: Some(260),
        channel: Channel::OnSite,
        kind: Some(Kind::Repair),
        level: 3,
        subject: "T5 检测台读数漂移",
        content: "同一个样件测三次差两微米。",
        product: "检测设备 T5",
        steps: &[
            (0, 15 * 60 + 10, Desk, Does(Answered("当面答复：安排工程师校准，先用备用台。"))),
            (0, 15 * 60 + 30, Desk, Given),
            (0, 16 * 60, Technician, Does(TakenUp)),
            (0, 16 * 60 + 30, Technician, Does(Waits("等客户腾出检测台半天"))),
            (4, 9 * 60, Desk, Does(Wrote("周四上午可以停。"))),
            (4, 11 * 60, Technician, Does(Solved("光栅尺积尘，清洁并校准，复测三次一致。"))),
            (4, 13 * 60 + 30, Technician, Does(Told)),
            (5, 10 * 60, Desk, Does(FollowedUp(Outcome::Confirmed, "读数稳定。"))),
        ],
    },
    // The customer was not content: a second cycle.
    Story {
        ago: 12,
        minute: 9 * 60 + 50,
        customer: Some(75),
        channel: Channel::Phone,
        kind: Some(Kind::Complaint),
        level: 2,
        subject: "年度保养后又漏油",
        content: "保养才一周，液压站又漏油，这是今年第二次。",
        product: "年度保养服务",
        steps: &[
            (0, 10 * 60, Desk, Does(Thanked("谢谢您及时告诉我们，今天派人复查。"))),
            (0, 10 * 60 + 5, Desk, Given),
            (0, 10 * 60 + 40, Technician, Does(TakenUp)),
            (1, 15 * 60, Technician, Does(Solved("更换接头密封。"))),
            (1, 16 * 60, Technician, Does(Told)),
            (2, 9 * 60 + 40, Desk, Does(FollowedUp(Outcome::Dissatisfied, "换的地方不漏了，旁边又渗油。"))),
            (3, 14 * 60, Technician, Does(Solved("管路整体老化，整段更换，保压四小时无渗漏。"))),
            (3, 15 * 60, Technician, Does(Told)),
            (4, 10 * 60, Desk, Does(FollowedUp(Outcome::Confirmed, "这回好了。"))),
        ],
    },
    Story {
        ago: 9,
        minute: 11 * 60 + 2,
        customer: Some(330),
        channel: Channel::Phone,
        kind: Some(Kind::Praise),
        level: 3,
        subject: "表扬夜里抢修的工程师",
        content: "上周夜里两点到厂，天亮前修好，老板很满意，特地来电感谢。",
        product: "",
        steps: &[
            (0, 11 * 60 + 5, Desk, Does(Thanked("谢谢您的鼓励，一定转告本人和他的主管。"))),
            (0, 11 * 60 + 30, Desk, Does(Closed)),
        ],
    },
    Story {
        ago: 8,
        minute: 14 * 60 + 26,
        customer: Some(410),
        channel: Channel::Wechat,
        kind: Some(Kind::Suggestion),
        level: 3,
        subject: "希望增加周末热线",
        content: "我们周六也开工，建议热线周六有人接。",
        product: "",
        steps: &[(0, 14 * 60 + 40, Desk, Does(Thanked("谢谢您的建议，已转给客服经理评估。")))],
    },
    Story {
        ago: 6,
        minute: 10 * 60 + 31,
        customer: Some(500),
        channel: Channel::Phone,
        kind: Some(Kind::Inquiry),
        level: 3,
        subject: "润滑油品能否按月配送",
        content: "季度配送仓库放不下，想改成每月一次。",
        product: "润滑油品（季度）",
        steps: &[
            (0, 10 * 60 + 36, Desk, Does(Answered("可以按月，运费不变，下月起改。"))),
            (0, 10 * 60 + 40, Desk, Does(TakenUp)),
            (0, 11 * 60, Desk, Does(Solved("合同补一页，下月起按月配送。"))),
            (0, 11 * 60 + 5, Desk, Does(Told)),
            (1, 15 * 60, Desk, Does(FollowedUp(Outcome::Confirmed, "收到补充页，没有问题。"))),
        ],
    },
    // Nobody was reached yet.
    Story {
        ago: 4,
        minute: 9 * 60 + 44,
        customer: Some(190),
        channel: Channel::Phone,
        kind: Some(Kind::Problem),
        level: 3,
        subject: "操作面板按键失灵",
        content: "急停旁边的按键要按三四次才有反应。",
        product: "数控机床 X200",
        steps: &[
            (0, 9 * 60 + 58, Desk, Does(Answered("先用备用面板，工程师明天上门。"))),
            (0, 10 * 60, Desk, Given),
            (0, 11 * 60, Technician, Does(TakenUp)),
            (1, 15 * 60, Technician, Does(Solved("更换按键膜片。"))),
            (1, 15 * 60 + 30, Technician, Does(Told)),
            (2, 11 * 60, Desk, Does(FollowedUp(Outcome::Unreachable, "占线。"))),
        ],
    },
    // Still running, and late already.
    Story {
        ago: 7,
        minute: 16 * 60 + 12,
        customer: Some(20),
        channel: Channel::Phone,
        kind: Some(Kind::Complaint),
        level: 2,
        subject: "安装调试拖了两周没有人来",
        content: "设备到厂两周了，约了三次都改期，再不来我们要找领导。",
        product: "数控机床 X200",
        steps: &[
            (0, 16 * 60 + 20, Desk, Does(Thanked("抱歉让您等，今天之内给您确定的日期。"))),
            (0, 16 * 60 + 25, Desk, Given),
            (1, 14 * 60, Technician, Does(TakenUp)),
            (2, 9 * 60 + 30, Technician, Does(Noted("工程师排期冲突，已请经理调人。"))),
        ],
    },
    // It waits for the customer.
    Story {
        ago: 3,
        minute: 10 * 60 + 17,
        customer: Some(290),
        channel: Channel::Email,
        kind: Some(Kind::Problem),
        level: 2,
        subject: "升级后报表导出乱码",
        content: "导出的班报打开是乱码，附件里有一份。",
        product: "控制系统升级",
        steps: &[
            (0, 10 * 60 + 30, Desk, Does(Answered("收到，正在看样本。"))),
            (0, 10 * 60 + 32, Desk, Given),
            (0, 11 * 60, Technician, Does(TakenUp)),
            (0, 14 * 60, Technician, Does(Waits("等客户确认电脑的系统版本"))),
        ],
    },
    // Opened again yesterday.
    Story {
        ago: 5,
        minute: 13 * 60 + 40,
        customer: Some(600),
        channel: Channel::Phone,
        kind: Some(Kind::Repair),
        level: 3,
        subject: "冷却泵有异响",
        content: "开机十分钟后开始响。",
        product: "数控机床 X200",
        steps: &[
            (0, 13 * 60 + 52, Desk, Does(Answered("安排工程师明天到厂。"))),
            (0, 13 * 60 + 55, Desk, Given),
            (0, 15 * 60, Technician, Does(TakenUp)),
            (1, 11 * 60, Technician, Does(Solved("紧固泵座螺栓。"))),
            (1, 11 * 60 + 30, Technician, Does(Told)),
            (2, 10 * 60, Desk, Does(FollowedUp(Outcome::Confirmed, "暂时不响了。"))),
            (4, 9 * 60 + 20, Desk, Does(Reopened("客户来电：今天又响了，声音更大。"))),
        ],
    },
    // Of the last day.
    Story {
        ago: 1,
        minute: 16 * 60 + 48,
        customer: Some(110),
        channel: Channel::Phone,
        kind: Some(Kind::Problem),
        level: 2,
        subject: "换刀卡住，刀库报警 702",
        content: "换到七号刀时卡住，复位无效。",
        product: "数控机床 X200",
        steps: &[
            (0, 16 * 60 + 55, Desk, Does(Answered("远程看过日志，明早带传感器上门。"))),
            (0, 17 * 60, Desk, Given),
            (0, 17 * 60 + 15, Technician, Does(TakenUp)),
        ],
    },
    Story {
        ago: 0,
        minute: 8 * 60 + 41,
        customer: None,
        channel: Channel::Phone,
        kind: None,
        level: 3,
        subject: "来电问二手 X200 能不能续保",
        content: "从别的厂买来的二手机床，问能不能接着买保养。没有留公司名，说晚些再打来。",
        product: "数控机床 X200",
        steps: &[],
    },
    Story {
        ago: 0,
        minute: 9 * 60 + 6,
        customer: Some(150),
        channel: Channel::Phone,
        kind: Some(Kind::Complaint),
        level: 2,
        subject: "到货少了一箱备件",
        content: "装箱单写四箱，只到三箱，急着用。",
        product: "备件包 A",
        steps: &[(0, 9 * 60 + 12, Desk, Does(Thanked("谢谢您马上告诉我们，正在查物流，上午答复您。")))],
    },
];

/// The steps of all stories that there are people and customers for. Whoever works for the desk does so without leave.
pub fn served(seed: u64, life: &Life<'_>, joined_first: &[usize]) -> Vec<Happening> {
    let time = life.time;
    let from = time.today.saturating_sub(jiff::ToSpan::days(BACK + BACK / 2));
    let days = time.working(from, time.today);
    let (desk, technicians) = (members(life, DESK), members(life, TECHNICIANS));
    if desk.is_empty() || technicians.is_empty() || joined_first.is_empty() {
        return Vec::new();
    }
    let mut happenings = Vec::new();
    for (number, story) in STORIES.iter().enumerate() {
        let Some(first) = days.len().checked_sub(story.ago + 1) else { continue };
        let mut dice = Dice::new(seed, "desk", number);
        let (agent, technician) = (*dice.pick(&desk), *dice.pick(&technicians));
        let received_at = time.at(days[first], story.minute, &mut dice);
        let mut tell = |at: Timestamp, by: usize, step: Service| {
            happenings.push(Happening { at, what: What::Served(Served { received_at, by, step }) });
        };
        let customer = story.customer.map(|share| joined_first[share * joined_first.len() / 1_000]);
        let opened = Service::Opened {
            customer,
            channel: story.channel,
            kind: story.kind,
            level: story.level,
            subject: story.subject,
            content: story.content,
            product: story.product,
        };
        // Written down while the customer speaks.
        tell(received_at + SignedDuration::from_secs(90), agent, opened);
        for (day, minute, by, step) in story.steps {
            let Some(date) = days.get(first + day) else { break };
            let by = if matches!(by, Desk) { agent } else { technician };
            let step = match step {
                Given => Service::Given(technician),
                Called => Service::Called(technician),
                Does(step) => *step,
            };
            // Two minutes later than it is laid out, so that nothing is done before the case is there.
            tell(time.at(*date, minute + 2, &mut dice), by, step);
        }
    }
    happenings
}

/// Those who work in a department, without its head.
fn members(life: &Life<'_>, department: &str) -> Vec<usize> {
    let staff = life.staff;
    let people = staff.people.iter().enumerate();
    let of = people.filter(|(at, person)| {
        staff.departments[person.department].name == department
            && !staff.is_head(*at)
            && !life.has_left(*at, life.time.today)
    });
    of.map(|(at, _)| at).collect()
}
