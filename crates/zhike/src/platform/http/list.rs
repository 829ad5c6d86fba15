//! Lists as they are asked for and answered.

use serde::{Deserialize, Deserializer, Serialize};
use store::list::{Asked, List};
use utoipa::{IntoParams, ToSchema};

use crate::kernel::Result;

/// The parameters of every list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// JSON array of `[field, op, value]`.
    #[param(example = json!("[[\"active\",\"eq\",true]]"))]
    pub filter: Option<String>,
    /// A field; `-field` descends.
    pub sort: Option<String>,
    /// What an earlier page gave as `next`.
    pub cursor: Option<String>,
    /// At most 200.
    pub limit: Option<usize>,
    /// Text to search for.
    pub q: Option<String>,
    /// Fields that the company has added, to be told with each record: their keys, separated by commas.
    #[param(example = "x1,x4")]
    pub custom: Option<String>,
}

impl ListParams {
    pub fn asked(&self) -> Result<Asked> {
        let parts = (self.filter.as_deref(), self.sort.as_deref(), self.cursor.as_deref());
        Ok(Asked::parse(parts.0, parts.1, parts.2, self.limit)?)
    }

    /// The keys of added fields that are asked for.
    pub fn custom(&self) -> Vec<String> {
        self.custom.iter().flat_map(|keys| keys.split(',')).map(str::to_owned).collect()
    }

    /// The search text, if there is any.
    pub fn text(&self) -> Option<&str> {
        self.q.as_deref().map(str::trim).filter(|text| !text.is_empty())
    }
}

/// One page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page<T: ToSchema> {
    pub items: Vec<T>,
    /// The cursor of the next page; nothing at the end.
    pub next: Option<String>,
}

impl<T: ToSchema> Page<T> {
    /// A list that is short enough to be given whole.
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }
}

impl<T: ToSchema> From<List<T>> for Page<T> {
    fn from(list: List<T>) -> Self {
        Self { items: list.items, next: list.next }
    }
}

/// For a field of a change that may be left out, set, or set to nothing:
/// `#[serde(default, deserialize_with = "present")] post_id: Option<Option<PostId>>`.
pub fn present<'de, T, D>(deserializer: D) -> std::result::Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(deserializer).map(Some)
}
