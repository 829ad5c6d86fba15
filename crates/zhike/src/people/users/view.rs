//! Users as they are read and written.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::platform::access::model::{DepartmentId, PostId, RoleId, User, UserId};
use crate::platform::http::present;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UserView {
    pub id: UserId,
    pub name: String,
    pub login: String,
    pub department_id: Option<DepartmentId>,
    pub supervisor_id: Option<UserId>,
    pub post_id: Option<PostId>,
    pub roles: Vec<RoleId>,
    pub active: bool,
    pub totp: bool,
    pub version: i64,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewUser)]
pub struct New {
    pub name: String,
    pub login: String,
    #[serde(default)]
    pub department_id: Option<DepartmentId>,
    #[serde(default)]
    pub supervisor_id: Option<UserId>,
    #[serde(default)]
    pub post_id: Option<PostId>,
    #[serde(default)]
    pub roles: Vec<RoleId>,
    /// To be changed at the first login. Without one the answer has a link by which the person sets their own.
    #[serde(default)]
    pub password: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UserChange)]
pub struct Change {
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<DepartmentId>)]
    pub department_id: Option<Option<DepartmentId>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<UserId>)]
    pub supervisor_id: Option<Option<UserId>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<PostId>)]
    pub post_id: Option<Option<PostId>>,
    #[serde(default)]
    pub roles: Option<Vec<RoleId>>,
    #[serde(default)]
    pub active: Option<bool>,
}

/// A link by which a person sets their password once.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Invitation {
    pub link: String,
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Created {
    #[serde(flatten)]
    pub user: UserView,
    pub invitation: Option<Invitation>,
}

impl UserView {
    pub fn new(user: User, roles: Vec<RoleId>) -> Self {
        Self {
            id: user.id,
            name: user.name,
            login: user.login,
            department_id: user.department_id,
            supervisor_id: user.supervisor_id,
            post_id: user.post_id,
            roles,
            active: user.active,
            totp: user.totp.is_some(),
            version: user.version,
        }
    }
}
