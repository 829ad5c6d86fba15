//! The tables of `0010_access.sql`.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::kernel::Id;
use crate::platform::grant::Guarded;

pub type DepartmentId = Id<Department>;
pub type AbsenceId = Id<Absence>;
pub type PostId = Id<Post>;
pub type UserId = Id<User>;
pub type RoleId = Id<Role>;
pub type SessionId = Id<Session>;
pub type TokenId = Id<ApiToken>;

store::entity! {
    pub struct Department: "department" {
        pub id: Id<Department>,
        pub name: String,
        pub parent_id: Option<Id<Department>>,
        pub head_id: Option<Id<User>>,
        pub path: String,
        pub position: i64,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

store::entity! {
    pub struct Post: "post" {
        pub id: Id<Post>,
        pub name: String,
        pub position: i64,
        pub version: i64,
    }
}

store::entity! {
    pub struct User: "staff" {
        pub id: Id<User>,
        pub login: String,
        pub name: String,
        pub name_key: String,
        pub department_id: Option<Id<Department>>,
        pub supervisor_id: Option<Id<User>>,
        pub post_id: Option<Id<Post>>,
        pub password: Option<String>,
        pub must_change_password: bool,
        pub active: bool,
        pub locale: Option<String>,
        pub theme: Option<String>,
        pub totp: Option<Vec<u8>>,
        pub totp_pending: Option<Vec<u8>>,
        pub totp_step: Option<i64>,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

store::entity! {
    pub struct Role: "role" {
        pub id: Id<Role>,
        pub builtin: Option<String>,
        pub name: String,
        pub permissions: Json,
        pub fields: Json,
        /// A built-in role that nobody has edited: it is what the product says it is.
        pub follows: bool,
        pub export_rows: Option<i64>,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

store::entity! {
    pub struct Session: "session" {
        pub id: Id<Session>,
        pub staff_id: Id<User>,
        pub token_hash: Vec<u8>,
        pub created_at: Timestamp,
        pub seen_at: Timestamp,
        pub expires_at: Timestamp,
        pub address: Option<String>,
        pub agent: Option<String>,
    }
}

store::entity! {
    pub struct ApiToken: "api_token" {
        pub id: Id<ApiToken>,
        pub staff_id: Id<User>,
        pub name: String,
        pub token_hash: Vec<u8>,
        pub hint: String,
        pub created_at: Timestamp,
        pub expires_at: Option<Timestamp>,
    }
}

store::entity! {
    pub struct Device: "device" {
        pub id: Id<Device>,
        pub staff_id: Id<User>,
        pub token_hash: Vec<u8>,
        pub seen_at: Timestamp,
    }
}

store::entity! {
    pub struct LoginAttempt: "login_attempt" {
        pub id: Id<LoginAttempt>,
        pub login: String,
        pub address: String,
        pub device_id: Option<Id<Device>>,
        pub at: Timestamp,
        pub failed: bool,
    }
}

store::entity! {
    pub struct OneTimeLink: "one_time_link" {
        pub id: Id<OneTimeLink>,
        pub staff_id: Option<Id<User>>,
        pub token_hash: Vec<u8>,
        pub expires_at: Timestamp,
    }
}

store::statements! {
    pub USERS = select User where "1 = 1 order by name_key, id";
    pub USER_BY_LOGIN = select User where "login = $1";
    pub ANY_USER = "select id from staff limit 1";
    pub DEPARTMENTS = select Department where "1 = 1 order by path";
    pub ROLES = select Role where "1 = 1 order by name";
    pub ROLE_BY_BUILTIN = select Role where "builtin = $1";
    pub POSTS = select Post where "1 = 1 order by position, name";
    pub ROLES_OF_ALL = "select staff_id, role_id from staff_role order by staff_id, role_id";
    pub ROLES_OF_USER = "select role_id from staff_role where staff_id = $1 order by role_id";
    pub HOLDERS_OF_ROLE = "select staff_id from staff_role where role_id = $1";
    pub GIVE_ROLE = "insert into staff_role (staff_id, role_id) values ($1, $2) on conflict do nothing";
    pub TAKE_ROLES = "delete from staff_role where staff_id = $1";
    pub TAKE_ROLE = "delete from staff_role where role_id = $1";
}

impl Guarded for User {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    /// A person is their own record's owner.
    fn column(&self, name: &str) -> store::Value {
        use store::ToValue;
        match name {
            "id" | "owner_id" => self.id.to_value(),
            "department_id" => self.department_id.to_value(),
            _ => store::Value::Null,
        }
    }
}

impl User {
    /// A person who has no rights and no password yet.
    pub fn new(login: &str, name: &str, now: Timestamp) -> Self {
        let name = name.trim();
        Self {
            id: Id::new(),
            login: login.trim().to_lowercase(),
            name: name.to_owned(),
            name_key: store::search::person_key(name),
            department_id: None,
            supervisor_id: None,
            post_id: None,
            password: None,
            must_change_password: false,
            active: true,
            locale: None,
            theme: None,
            totp: None,
            totp_pending: None,
            totp_step: None,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}

store::text_enum! {
    /// Why somebody is away.
    #[derive(utoipa::ToSchema)]
    pub enum AbsenceKind { Leave = "leave", Sick = "sick", BusinessTrip = "business_trip", Other = "other" }
}

store::entity! {
    /// Somebody is away; `owner_id` is who.
    pub struct Absence: "absence" {
        pub id: Id<Absence>,
        pub owner_id: Id<User>,
        pub first_day: Date,
        pub last_day: Date,
        pub kind: AbsenceKind,
        pub deputy_id: Option<Id<User>>,
        pub department_id: Option<Id<Department>>,
        pub created_at: Timestamp,
    }
}

impl Guarded for Absence {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn column(&self, name: &str) -> store::Value {
        use store::ToValue;
        match name {
            "id" => self.id.to_value(),
            "owner_id" => self.owner_id.to_value(),
            "department_id" => self.department_id.to_value(),
            _ => store::Value::Null,
        }
    }
}

impl Department {
    /// Where the subtree of a new department begins.
    pub fn path_below(parent: Option<&Department>, id: Id<Department>) -> String {
        let above = parent.map_or("/", |parent| parent.path.as_str());
        format!("{above}{id}/")
    }
}
