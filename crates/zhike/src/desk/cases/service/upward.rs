//! What somebody else has a say in: handing a case up, and taking back one that was classified.

use store::{Entity as _, Tx};

use super::act::changed;
use super::open::tell;
use super::pen::{Line, Pen};
use crate::desk::cases::facts;
use crate::desk::cases::input::{self, Reason};
use crate::desk::cases::model::{Case, State, Step};
use crate::kernel::{Action, Error, Result};
use crate::platform::access::model::{Department, User, UserId};
use crate::platform::grant::Principal;

/// Hands a case up (升级): the nearest head above takes it over, and the responsible department stays so. Whoever works
/// on a case may do that.
pub(super) fn escalate(tx: &mut Tx<'_>, pen: &mut Pen<'_>, reason: &Reason) -> Result<()> {
    let content = input::reason(&reason.content)?;
    let head = head_above(tx, pen)?.ok_or_else(|| Error::conflict("case.nobody_above"))?;
    let at = pen.who.now;
    pen.case.owner_id = Some(head);
    pen.case.department_id = pen.case.department_id.or(pen.who.department);
    let changed = changed(&pen.before, &pen.case);
    pen.step(tx, Step::Escalated, at, Line { changed, ..Line::saying(content) })?;
    pen.tell(facts::CHANGED, at);
    tell(tx, pen.who, &pen.case, (head, "case_escalated"))
}

/// The nearest head above whoever is responsible and whoever asks: of the responsible department, or of one above it.
fn head_above(tx: &mut Tx<'_>, pen: &Pen<'_>) -> Result<Option<UserId>> {
    let mut above = None;
    let mut next = pen.case.department_id.or(pen.who.department);
    while let Some(id) = next {
        let department = Department::get(tx, id)?;
        let head = department.head_id.map(|head| User::get(tx, head)).transpose()?.filter(|head| head.active);
        above = match head.map(|head| head.id) {
            Some(head) if Some(head) == pen.case.owner_id || head == pen.who.user => None,
            head => above.or(head),
        };
        next = department.parent_id;
    }
    Ok(above)
}

/// A case that nobody has looked at yet is taken back by whoever may work on it. Later its clocks would be void, so
/// whoever is responsible for it cannot do that alone (R2-12.2): somebody else does who may assign it.
pub(super) fn check_withdrawing(tx: &mut Tx<'_>, who: &Principal, case: &Case) -> Result<()> {
    if case.state == State::Received {
        return Ok(());
    }
    if case.owner_id == Some(who.user) {
        return Err(Error::conflict("case.second_eye"));
    }
    match super::may(tx, who, Action::Assign, case)? {
        true => Ok(()),
        false => Err(Error::forbidden()),
    }
}

/// Whether somebody may take a case back, as far as it can be.
pub(in crate::desk) fn may_withdraw(tx: &mut Tx<'_>, who: &Principal, case: &Case) -> Result<bool> {
    match check_withdrawing(tx, who, case) {
        Ok(()) => super::may(tx, who, Action::Update, case),
        Err(refused) if refused.status < 500 => Ok(false),
        Err(error) => Err(error),
    }
}
