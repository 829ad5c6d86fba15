use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::jobs::{self, Job, State};
use store::{Entity as _, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::kernel::permission::action::Read;
use crate::kernel::permission::entity;
use crate::kernel::{Action, Entity, Error, Result};
use crate::platform::grant::{Grant, Principal};

const SHOWN_MOST: i64 = 100;

store::statements! {
    LATEST = select Job where "once_key is null or once_key not like 'tick:%' order by created_at desc limit $1";
}

/// Why a job failed, as it is kept in its row.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Failure {
    code: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    detail: Option<String>,
}

impl Failure {
    /// What whoever asked is told; the source of an internal error stays in the log.
    pub fn of(error: &Error) -> Self {
        let fields: Vec<String> = error.fields.iter().map(|field| format!("{}: {}", field.field, field.code)).collect();
        let detail = error.detail.clone().or_else(|| (!fields.is_empty()).then(|| fields.join(", ")));
        Self { code: error.code.to_owned(), detail }
    }

    pub fn text(&self) -> Result<String> {
        Ok(serde_json::to_string(self)?)
    }

    fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_else(|_| Self { code: text.to_owned(), detail: None })
    }
}

/// A job as its asker sees it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct JobView {
    pub id: Uuid,
    pub kind: String,
    #[schema(value_type = String, example = "running")]
    pub state: State,
    pub done: i64,
    /// 0 until it is known.
    pub total: i64,
    #[schema(value_type = Option<Object>)]
    pub result: Option<Value>,
    /// The stable code of a failure.
    #[schema(example = "import.empty")]
    pub error: Option<String>,
    pub detail: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

impl From<Job> for JobView {
    fn from(job: Job) -> Self {
        let failure = job.error.filter(|_| job.state == State::Failed).map(|text| Failure::read(&text));
        Self {
            id: job.id,
            kind: job.kind,
            state: job.state,
            done: job.done,
            total: job.total,
            result: job.result,
            error: failure.as_ref().map(|failure| failure.code.clone()),
            detail: failure.and_then(|failure| failure.detail),
            created_at: job.created_at,
        }
    }
}

/// The code of what ended a job before it was done.
pub fn failure(job: Job) -> Option<String> {
    JobView::from(job).error
}

/// A job that the asker has asked for, or any for who may see all.
pub fn view(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Job>, id: Uuid) -> Result<JobView> {
    let job = Job::find(tx, id)?.ok_or_else(Error::not_found)?;
    let own = job.asked_by == Some(grant.user().uuid());
    if own || sees_all(grant.principal()) { Ok(job.into()) } else { Err(Error::not_found()) }
}

/// The latest jobs: the asker's own, or everybody's for who may see all.
pub fn list(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Job>, mine: bool) -> Result<Vec<JobView>> {
    let jobs = match mine || !sees_all(grant.principal()) {
        true => jobs::of_person(tx, grant.user().uuid(), SHOWN_MOST)?,
        false => Job::all(tx, &LATEST, &[&SHOWN_MOST])?,
    };
    Ok(jobs.into_iter().map(JobView::from).collect())
}

fn sees_all(who: &Principal) -> bool {
    who.permissions.reach(Action::Read, Entity::Job).is_some_and(|reach| reach.all)
}
