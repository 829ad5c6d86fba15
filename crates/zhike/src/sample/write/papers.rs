//! A few small files on the records of the largest customers of the sample company: drawn and written here, the same in
//! every run.

use std::io::Write as _;
use std::sync::Arc;

use documents::content::draw;
use documents::form::{Form, FormFormat, Row};
use jiff::Timestamp;
use store::Tx;
use uuid::Uuid;

use super::Company;
use crate::customers::attachments::{self, Place, Taken};
use crate::customers::model::{Customer, Grade};
use crate::customers::timeline::service::{Question, timeline};
use crate::kernel::permission::action::Read;
use crate::kernel::permission::entity;
use crate::kernel::{Error, Id, Result};
use crate::platform::grant::Grant;
use crate::platform::jobs::JobContext;

/// So many customers have files.
const CUSTOMERS: usize = 12;

/// A file that has been taken in, and the kind of record that it hangs on.
pub struct Paper {
    of: &'static str,
    name: &'static str,
    taken: Taken,
}

/// Takes the files in, as an upload does.
pub fn take_in(context: &JobContext) -> Result<Arc<Vec<Paper>>> {
    let (card, place, page) = (drawn(360, 220, card)?, drawn(640, 400, workshop)?, signed_page()?);
    let papers: [(&str, &str, &[u8]); 6] = [
        ("contact", "名片.png", &card),
        ("cooperation", "签收单.pdf", &page),
        ("interaction", "现场照片.png", &place),
        ("interaction", "拜访纪要.txt", NOTES.as_bytes()),
        ("verification", "核对回执.pdf", &page),
        ("major_event", "消息摘录.txt", NEWS.as_bytes()),
    ];
    let take = |(of, name, content): (&'static str, &'static str, &[u8])| {
        let mut file = tempfile::tempfile().map_err(Error::internal)?;
        file.write_all(content).map_err(Error::internal)?;
        let taken = attachments::take(&context.vault, &context.files, None, name, file)?;
        Ok(Paper { of, name, taken })
    };
    Ok(Arc::new(papers.into_iter().map(take).collect::<Result<_>>()?))
}

/// Hangs each on the latest record of its kind of some customers, the largest first.
pub fn hang(tx: &mut Tx<'_>, company: &Company, papers: &[Paper], at: Timestamp) -> Result<()> {
    let mut customers: Vec<_> = company.entered.iter().flatten().collect();
    customers.sort_by_key(|customer| customer.grade != Grade::Vip);
    for paper in papers {
        let mut hung = 0;
        for customer in &customers {
            let grant = company.at(customer.owner, at).grant::<Read, entity::Customer>()?;
            let record = match paper.of {
                "contact" => customer.contacts.first().map(|contact| contact.uuid()),
                of => latest(tx, &grant, customer.id, of)?,
            };
            if record.is_some() {
                let place =
                    Place { customer: customer.id.uuid(), of_kind: paper.of.to_owned(), of_id: record, field: None };
                attachments::add(tx, &grant, &place, paper.name, &paper.taken)?;
                hung += 1;
            }
            if hung == CUSTOMERS {
                break;
            }
        }
    }
    Ok(())
}

fn latest(
    tx: &mut Tx<'_>,
    grant: &Grant<Read, entity::Customer>,
    customer: Id<Customer>,
    kind: &str,
) -> Result<Option<Uuid>> {
    let question = Question::parse(Some(kind), None, Some(1))?;
    Ok(timeline(tx, grant, customer, &question)?.items.first().map(|entry| entry.id))
}

const NOTES: &str =
    "拜访纪要\n\n一、客户介绍了下半年的排产计划。\n二、备件库存按上次商定的清单补齐。\n三、下次带上操作培训的日程。\n";
const NEWS: &str = "消息摘录\n\n来源：客户公开披露的信息。原文由客户经理保存，此处只记要点。\n";

fn signed_page() -> Result<Vec<u8>> {
    let form = Form {
        title: "签收单".to_owned(),
        rows: vec![
            Row::pair(("文件", "见合作记录"), ("份数", "一式两份")),
            Row::pair(("签收人", ""), ("日期", "")),
            Row::wide("备注", "示例公司的示例文件"),
        ],
        ..Form::default()
    };
    form.write(FormFormat::Pdf).map_err(Error::internal)
}

fn drawn(width: u32, height: u32, point: fn(u32, u32) -> [u8; 3]) -> Result<Vec<u8>> {
    draw(width, height, point).map_err(Error::internal)
}

const INK: [u8; 3] = [29, 33, 38];
const INDIGO: [u8; 3] = [31, 95, 174];
const PAPER: [u8; 3] = [251, 250, 247];
const WALL: [u8; 3] = [214, 208, 196];
const GROUND: [u8; 3] = [120, 118, 110];

/// A card: a bar of the company's colour, lines where the words are.
fn card(x: u32, y: u32) -> [u8; 3] {
    let line = |top: u32, width: u32| (top..top + 8).contains(&y) && (40..40 + width).contains(&x);
    match () {
        () if y < 36 => INDIGO,
        () if line(80, 150) || line(82, 150) => INK,
        () if line(120, 110) || line(146, 220) || line(172, 180) => GROUND,
        () => PAPER,
    }
}

/// A workshop under the sky: a roof, windows, a gate.
fn workshop(x: u32, y: u32) -> [u8; 3] {
    let window = (150..200).contains(&y) && (90..550).contains(&x) && x % 60 < 40;
    let gate = (240..330).contains(&y) && (280..360).contains(&x);
    let roof = (100..130).contains(&y) && (60..580).contains(&x) && x % 130 > (130 - y) * 3;
    match () {
        () if y >= 330 => GROUND,
        () if window || gate => INDIGO,
        () if roof || (130..330).contains(&y) && (60..580).contains(&x) => WALL,
        () => [190, 214, (255 - y / 4) as u8],
    }
}
