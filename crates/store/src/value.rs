use std::error::Error as StdError;

use jiff::Timestamp;
use jiff::civil::Date;
use postgres::types::{IsNull, ToSql, Type, private::BytesMut, to_sql_checked};
use rusqlite::types::{ToSqlOutput, ValueRef};
use uuid::Uuid;

use crate::{Error, Result};

/// A value on its way into or out of a database. Instants travel as [`Value::Int`] (µs since 1970, UTC), dates as
/// [`Value::Text`] (`YYYY-MM-DD`), so that both databases order them alike.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Real(f64),
    Text(String),
    Bytes(Vec<u8>),
    Uuid(Uuid),
}

/// What can be bound to a statement.
pub trait ToValue {
    fn to_value(&self) -> Value;
}

/// What can be read from a row.
pub trait FromValue: Sized {
    fn from_value(value: Value) -> Result<Self>;
}

fn mismatch<T>(expected: &'static str, found: &Value) -> Result<T> {
    // Values may be personal: say what kind was found, never which.
    let found = match found {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Int(_) => "integer",
        Value::Real(_) => "real",
        Value::Text(_) => "text",
        Value::Bytes(_) => "bytes",
        Value::Uuid(_) => "uuid",
    };
    Err(Error::Type { column: 0, expected, found: found.to_owned() })
}

macro_rules! value_of {
    ($type:ty, $expected:literal, |$this:ident| $to:expr, { $($pattern:pat => $from:expr),+ $(,)? }) => {
        impl ToValue for $type {
            fn to_value(&self) -> Value {
                let $this = self;
                $to
            }
        }
        impl FromValue for $type {
            fn from_value(value: Value) -> Result<Self> {
                match value {
                    $($pattern => $from,)+
                    other => mismatch($expected, &other),
                }
            }
        }
    };
}

value_of!(bool, "bool", |this| Value::Bool(*this), { Value::Bool(b) => Ok(b), Value::Int(i) => Ok(i != 0) });
value_of!(i64, "integer", |this| Value::Int(*this), { Value::Int(i) => Ok(i) });
value_of!(f64, "real", |this| Value::Real(*this), { Value::Real(r) => Ok(r), Value::Int(i) => Ok(i as f64) });
value_of!(String, "text", |this| Value::Text(this.clone()), { Value::Text(t) => Ok(t) });
value_of!(Vec<u8>, "bytes", |this| Value::Bytes(this.clone()), {
    Value::Bytes(b) => Ok(b),
    Value::Uuid(u) => Ok(u.as_bytes().to_vec()),
});
value_of!(Uuid, "uuid", |this| Value::Uuid(*this), {
    Value::Uuid(u) => Ok(u),
    Value::Bytes(b) => Uuid::from_slice(&b).map_err(|e| Error::BadInput(e.to_string())),
});
value_of!(Timestamp, "instant", |this| Value::Int(this.as_microsecond()), {
    Value::Int(i) => Timestamp::from_microsecond(i).map_err(|e| Error::BadInput(e.to_string())),
});
value_of!(Date, "date", |this| Value::Text(this.to_string()), {
    Value::Text(t) => t.parse().map_err(|_| Error::BadInput(format!("not a date: {t}"))),
});
value_of!(serde_json::Value, "json", |this| Value::Text(this.to_string()), {
    Value::Text(t) => serde_json::from_str(&t).map_err(|e| Error::BadInput(e.to_string())),
});

impl ToValue for Value {
    fn to_value(&self) -> Value {
        self.clone()
    }
}

impl FromValue for Value {
    fn from_value(value: Value) -> Result<Self> {
        Ok(value)
    }
}

/// Many ids as one parameter, for `id in among($1)` of a statement.
#[derive(Clone, Copy, Debug)]
pub struct Ids<'a>(pub &'a [Uuid]);

impl ToValue for Ids<'_> {
    fn to_value(&self) -> Value {
        let ids: Vec<String> = self.0.iter().map(|id| id.simple().to_string()).collect();
        Value::Text(ids.join(","))
    }
}

impl ToValue for str {
    fn to_value(&self) -> Value {
        Value::Text(self.to_owned())
    }
}

impl ToValue for [u8] {
    fn to_value(&self) -> Value {
        Value::Bytes(self.to_vec())
    }
}

impl<T: ToValue + ?Sized> ToValue for &T {
    fn to_value(&self) -> Value {
        (**self).to_value()
    }
}

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, ToValue::to_value)
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: Value) -> Result<Self> {
        match value {
            Value::Null => Ok(None),
            value => T::from_value(value).map(Some),
        }
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Bool(b) => ValueRef::Integer(i64::from(*b)),
            Self::Int(i) => ValueRef::Integer(*i),
            Self::Real(r) => ValueRef::Real(*r),
            Self::Text(t) => ValueRef::Text(t.as_bytes()),
            Self::Bytes(b) => ValueRef::Blob(b),
            Self::Uuid(u) => ValueRef::Blob(u.as_bytes()),
        }))
    }
}

impl Value {
    pub(crate) fn from_sqlite(value: ValueRef<'_>) -> Result<Self> {
        Ok(match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(i) => Self::Int(i),
            ValueRef::Real(r) => Self::Real(r),
            ValueRef::Text(t) => Self::Text(String::from_utf8(t.to_vec()).map_err(|e| Error::BadInput(e.to_string()))?),
            // SQLite keeps an id as the 16 bytes that it is. Other bytes of that length are read from it as well.
            ValueRef::Blob(b) => Uuid::from_slice(b).map_or_else(|_| Self::Bytes(b.to_vec()), Self::Uuid),
        })
    }

    pub(crate) fn from_postgres(row: &postgres::Row, index: usize) -> Result<Self> {
        fn read<'a, T: postgres::types::FromSql<'a>>(
            row: &'a postgres::Row,
            index: usize,
            wrap: impl Fn(T) -> Value,
        ) -> Result<Value> {
            let value: Option<T> = row.try_get(index).map_err(Error::from_postgres)?;
            Ok(value.map_or(Value::Null, wrap))
        }
        match *row.columns()[index].type_() {
            Type::BOOL => read(row, index, Self::Bool),
            Type::INT2 => read(row, index, |i: i16| Self::Int(i.into())),
            Type::INT4 => read(row, index, |i: i32| Self::Int(i.into())),
            Type::INT8 => read(row, index, Self::Int),
            Type::FLOAT4 => read(row, index, |r: f32| Self::Real(r.into())),
            Type::FLOAT8 => read(row, index, Self::Real),
            Type::UUID => read(row, index, Self::Uuid),
            Type::BYTEA => read(row, index, Self::Bytes),
            Type::TEXT | Type::VARCHAR | Type::NAME | Type::BPCHAR | Type::UNKNOWN => read(row, index, Self::Text),
            ref other => Err(Error::Type { column: index, expected: "a portable type", found: other.to_string() }),
        }
    }
}

/// Encodes by the type that PostgreSQL inferred for the parameter, because it may infer a narrower integer than ours
/// (`version = $1 - 1` makes `$1` an int4).
impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Bool(b) if *ty == Type::BOOL => b.to_sql(ty, out),
            Self::Bool(b) => Self::Int(i64::from(*b)).to_sql(ty, out),
            Self::Int(i) => match *ty {
                Type::INT2 => i16::try_from(*i)?.to_sql(ty, out),
                Type::INT4 => i32::try_from(*i)?.to_sql(ty, out),
                Type::FLOAT8 => (*i as f64).to_sql(ty, out),
                Type::TEXT => i.to_string().to_sql(ty, out),
                _ => i.to_sql(ty, out),
            },
            Self::Real(r) => r.to_sql(ty, out),
            Self::Text(t) => t.to_sql(ty, out),
            Self::Bytes(b) => b.to_sql(ty, out),
            Self::Uuid(u) => u.to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// Declares an enum that is stored and sent as a word.
///
/// ```
/// store::text_enum! {
///     /// How a customer is graded.
///     pub enum Grade { Vip = "vip", Ordinary = "ordinary" }
/// }
/// assert_eq!(Grade::from_word("vip"), Some(Grade::Vip));
/// ```
#[macro_export]
macro_rules! text_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:tt),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize)]
        $vis enum $name { $($(#[$variant_meta])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl $crate::ToValue for $name {
            fn to_value(&self) -> $crate::Value {
                $crate::Value::Text(self.word().to_owned())
            }
        }

        impl $crate::FromValue for $name {
            fn from_value(value: $crate::Value) -> $crate::Result<Self> {
                let word = <String as $crate::FromValue>::from_value(value)?;
                Self::from_word(&word)
                    .ok_or_else(|| $crate::Error::BadInput(format!("{} is no {}", word, stringify!($name))))
            }
        }
    };
}
