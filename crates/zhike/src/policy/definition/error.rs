//! Why a policy file was refused: the place in the file and the problem, each precise enough to be repaired by hand.

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not TOML, an unknown key, a missing key, a value of the wrong kind. The message has line and column.
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// Well-formed, but it cannot be run.
    #[error("{place}: {problem}")]
    Invalid { place: String, problem: Problem },
}

impl Error {
    pub(super) fn at(place: impl Into<String>, problem: Problem) -> Error {
        Error::Invalid { place: place.into(), problem }
    }
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Problem {
    #[error("must not be empty")]
    Empty,
    #[error("{0:?} is not a usable name: letters, digits, '.', '-' and '+', at most 60")]
    Name(String),
    #[error("{0:?} occurs twice")]
    Twice(String),
    #[error("a clause without rules must say in `pending` what keeps it")]
    NoRulesNoPending,
    #[error("a clause with rules is executable; `pending` contradicts that")]
    RulesAndPending,
    #[error("must be at least {0}")]
    TooSmall(i64),
    #[error("must be at most {0}")]
    TooLarge(i64),
    #[error("must be more than 0 and less than 1")]
    NotAShare,
    #[error("must ascend")]
    NotAscending,
    #[error("must be a span of time such as 30m or 24h, more than 0")]
    NotABudget,
    #[error("only text, whole numbers and true or false can be compared")]
    NotAScalar,
    #[error("this shape has no fact that starts it, so it cannot be owed by the actor of one")]
    NoActor,
    #[error("{0:?} cannot be changed; the parameters of the rule are listed with it")]
    UnknownParameter(String),
    #[error("{0}")]
    Value(String),
}
