//! What went wrong, in the words of whoever reads the file of rows that were not taken.

use super::model::Problem;
use super::target::Target;

/// Codes and what they say. A code that is not among them is shown as it is; a test keeps the list whole.
pub const ZH: &[(&str, &str)] = &[
    ("name.required", "没有客户名称"),
    ("required", "必须填写"),
    ("too_long", "内容太长"),
    ("too_many", "数量太多"),
    ("control_characters", "含有无法保存的字符"),
    ("not_allowed", "您无权填写此项"),
    ("unknown_field", "没有这个字段"),
    ("field.unknown", "没有这个字段"),
    ("row.is_total", "合计行，不是客户"),
    ("row.is_heading", "重复的表头，不是客户"),
    ("cell.bad_bytes", "含有无法识别的乱码"),
    ("cell.error", "单元格是公式错误"),
    ("cell.no_result", "单元格是尚未计算的公式"),
    ("cell.unclosed_quote", "引号没有结束，其后的内容可能都被读成了一格"),
    ("value.masked", "带星号的脱敏内容，未采用"),
    ("kind.unknown", "看不出是企业还是个人"),
    ("grade.unknown", "无法识别的客户级别"),
    ("grade.not_allowed", "您无权评定客户级别，已记入备注"),
    ("industry.unknown", "无法识别的行业，已记入备注"),
    ("region.unknown", "无法识别的地区，已记入备注"),
    ("source.unknown", "无法识别的来源，已记入备注"),
    ("credit_code.length", "统一社会信用代码应为 18 位"),
    ("credit_code.characters", "统一社会信用代码含有不允许的字符"),
    ("credit_code.check_digit", "统一社会信用代码校验位不对，请核对"),
    ("credit_code.lost_digits", "信用代码被表格软件变成了科学计数，末尾数字已丢失"),
    ("credit_code.old_registration_number", "15 位的旧注册号，已记入备注"),
    ("phone.invalid", "电话号码不正确"),
    ("phone.lost_digits", "号码被表格软件变成了科学计数，末尾数字已丢失"),
    ("email.invalid", "邮箱格式不正确"),
    ("wechat.invalid", "微信号不正确"),
    ("website.invalid", "网址不正确"),
    ("id_number.invalid", "证件号不正确"),
    ("id_number.check_digit", "身份证号校验位不对，请核对"),
    ("id_number.lost_digits", "证件号被表格软件变成了科学计数，末尾数字已丢失"),
    ("date.invalid", "不是正确的日期"),
    ("date.ambiguous", "日期有多种读法，请写成 2026-11-03 的形式"),
    ("date.incomplete", "日期不完整，已记入备注"),
    ("date.in_future", "日期在将来"),
    ("date.out_of_range", "日期超出范围"),
    ("birthday.invalid", "生日不正确"),
    ("date.no_such_day", "没有这一天"),
    ("money.invalid", "不是金额"),
    ("money.currency", "金额不是人民币"),
    ("money.ambiguous", "金额是约数，按下限取值，原文已记入备注"),
    ("money.too_large", "金额太大"),
    ("count.invalid", "不是数量"),
    ("count.ambiguous", "数量是约数，按下限取值，原文已记入备注"),
    ("count.too_large", "数量太大"),
    ("number.out_of_range", "数值超出范围"),
    ("number.invalid", "不是数字，已记入备注"),
    ("choice.unknown", "没有这个选项，已记入备注"),
    ("choice.retired", "这个选项已停用"),
    ("user.unknown", "公司里没有这位同事，已记入备注"),
    ("bool.invalid", "应填“是”或“否”"),
    ("bool.ambiguous", "看不出是“是”还是“否”"),
    ("authority.unknown", "无法识别的决策权限"),
    ("salutation.unknown", "无法识别的称呼，已记入备注"),
    ("owner.unknown", "公司里没有这位同事"),
    ("owner.ambiguous", "有几位同事同名，请填写登录名"),
    ("owner.inactive", "这位同事已停用"),
    ("owner.not_allowed", "您无权把客户分给这位同事"),
    ("scope.outside", "不在您可以导入的范围内"),
    ("file.not_imported", "文件不能随表导入，已记入备注"),
    ("duplicate.exists", "已有这个客户"),
    ("duplicate.unseen", "已有这个客户，由其他同事负责"),
    ("duplicate.not_yours", "已有这个客户，您无权修改"),
    ("duplicate.phone_of_other", "电话与另一个客户相同而名称不同，请核对"),
    ("customer.duplicate", "与另一个客户重复"),
    ("taken", "已被另一个客户使用"),
    ("contact.too_many", "联系人太多"),
    ("forbidden", "您无权这样做"),
    ("not_found", "客户已不存在"),
    ("stale", "客户刚被别人修改，请再导入一次"),
    ("input.invalid", "内容不正确"),
];

pub fn zh(code: &str) -> &str {
    ZH.iter().find(|(known, _)| *known == code).map_or(code, |(_, words)| words)
}

/// One problem as a sentence: 手机：电话号码不正确.
pub fn sentence(problem: &Problem) -> String {
    let field = Target::parse(&problem.field).map(Target::label).or_else(|| contact_of(&problem.field));
    let words = zh(&problem.code);
    let about = problem.info.as_deref().map(|info| format!("（{info}）")).unwrap_or_default();
    match field {
        Some(field) => format!("{field}：{words}{about}"),
        None => format!("{words}{about}"),
    }
}

/// The tenth contact and those after it have no columns of their own.
fn contact_of(field: &str) -> Option<String> {
    field.starts_with("contact").then(|| "联系人".to_owned())
}

/// All that is wrong with a row.
pub fn reason(problems: &[Problem]) -> String {
    problems.iter().filter(|problem| problem.is_error()).map(sentence).collect::<Vec<_>>().join("；")
}
