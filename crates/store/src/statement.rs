use std::sync::OnceLock;

/// A database we speak to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

/// One SQL text for both databases, with parameters `$1 … $n`; `id in among($1)` takes an [`Ids`](crate::Ids). Made by [`statements!`](crate::statements) only, which
/// also registers it, so that a test can prepare every statement of the program on both databases.
pub struct Statement {
    pub name: &'static str,
    text: fn() -> String,
    /// Set when the statement makes sense on one database alone.
    pub only: Option<Dialect>,
    texts: OnceLock<(String, String)>,
}

impl Statement {
    #[doc(hidden)]
    pub const fn new(name: &'static str, only: Option<Dialect>, text: fn() -> String) -> Self {
        Self { name, text, only, texts: OnceLock::new() }
    }

    pub fn sql(&self, dialect: Dialect) -> &str {
        let (sqlite, postgres) = self.texts.get_or_init(|| {
            let text = (self.text)();
            (sqlite_parameters(&expand_among(&text, AMONG_SQLITE)), expand_among(&text, AMONG_POSTGRES))
        });
        match dialect {
            Dialect::Sqlite => sqlite,
            Dialect::Postgres => postgres,
        }
    }
}

/// A statement known to the whole program.
pub struct Registered(pub &'static Statement);

inventory::collect!(Registered);

/// Every statement that [`statements!`](crate::statements) and [`entity!`](crate::entity) declared anywhere.
pub fn registered() -> impl Iterator<Item = &'static Statement> {
    inventory::iter::<Registered>().map(|registered| registered.0)
}

/// What `among($1)` means, where `?` stands for the parameter: the ids of an [`Ids`](crate::Ids), as rows of one column `id`.
const AMONG_SQLITE: &str = r#"(select unhex(value) as id from json_each('["' || replace(?, ',', '","') || '"]'))"#;
const AMONG_POSTGRES: &str = "(select unnest(cast(string_to_array(?, ',') as uuid[])) as id)";

fn expand_among(text: &str, meaning: &str) -> String {
    let mut parts = text.split("among(");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (parameter, rest) = part.split_once(')').unwrap_or((part, ""));
        out.push_str(&meaning.replace('?', parameter));
        out.push_str(rest);
    }
    out
}

/// `$1` names a parameter in SQLite by order of appearance, which binds silently wrong; `?1` numbers it.
fn sqlite_parameters(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        quoted ^= c == '\'';
        let numbered = c == '$' && !quoted && chars.peek().is_some_and(char::is_ascii_digit);
        out.push(if numbered { '?' } else { c });
    }
    out
}

/// Declares SQL statements as statics and registers them.
///
/// ```ignore
/// store::statements! {
///     COUNT_OPEN = "select count(*) from duty where owner_id = $1 and state = 'open'";
///     pub BY_CUSTOMER = select Contact where "customer_id = $1 order by position";
///     LOCK = postgres "select pg_advisory_xact_lock($1)";
/// }
/// ```
#[macro_export]
macro_rules! statements {
    () => {};
    ($(#[$meta:meta])* $vis:vis $name:ident = select $entity:ident where $tail:literal; $($rest:tt)*) => {
        $crate::statements!(@declare $(#[$meta])* $vis $name, None, {
            format!(
                "select {} from {} where {}",
                <$entity as $crate::Columns>::COLUMNS.join(", "),
                <$entity as $crate::Entity>::TABLE,
                $tail
            )
        });
        $crate::statements! { $($rest)* }
    };
    ($(#[$meta:meta])* $vis:vis $name:ident = sqlite $text:literal; $($rest:tt)*) => {
        $crate::statements!(@declare $(#[$meta])* $vis $name, Some($crate::Dialect::Sqlite), $text.to_owned());
        $crate::statements! { $($rest)* }
    };
    ($(#[$meta:meta])* $vis:vis $name:ident = postgres $text:literal; $($rest:tt)*) => {
        $crate::statements!(@declare $(#[$meta])* $vis $name, Some($crate::Dialect::Postgres), $text.to_owned());
        $crate::statements! { $($rest)* }
    };
    ($(#[$meta:meta])* $vis:vis $name:ident = $text:literal; $($rest:tt)*) => {
        $crate::statements!(@declare $(#[$meta])* $vis $name, None, $text.to_owned());
        $crate::statements! { $($rest)* }
    };
    (@declare $(#[$meta:meta])* $vis:vis $name:ident, $only:expr, $text:expr) => {
        $(#[$meta])*
        $vis static $name: $crate::Statement = $crate::Statement::new(
            concat!(module_path!(), "::", stringify!($name)),
            $only,
            || $text,
        );
        $crate::inventory::submit! { $crate::Registered(&$name) }
    };
}

#[cfg(test)]
mod tests {
    use super::sqlite_parameters;

    #[test]
    fn numbers_parameters_outside_quotes() {
        assert_eq!(sqlite_parameters("a = $2 and b = '$1' and c = $10"), "a = ?2 and b = '$1' and c = ?10");
    }
}
