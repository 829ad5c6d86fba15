//! What follows from what somebody answered. Pure.

use super::model::{Basis, Decision};

store::text_enum! {
    /// How a person stands to a purpose. Only [`Standing::Given`] allows the use.
    #[derive(utoipa::ToSchema)]
    #[schema(as = ConsentStanding)]
    pub enum Standing {
        Given = "given",
        /// The words they agreed to have changed since.
        NeedsRenewal = "needs_renewal",
        Refused = "refused",
        Withdrawn = "withdrawn",
        /// They have not been asked.
        None = "none",
        /// 请勿联系 forbids it.
        Barred = "barred",
        /// 受限, or no longer there.
        Restricted = "restricted",
    }
}

impl Standing {
    pub fn allows(self) -> bool {
        self == Self::Given
    }
}

/// The answer that holds.
#[derive(Clone, Copy, Debug)]
pub struct Latest {
    pub decision: Decision,
    pub basis: Basis,
    pub notice_version: i64,
}

/// How a person stands who answered this last. `notice_version` is that of the words in force; `barred` whether they
/// must not be contacted for this purpose.
pub fn standing(latest: Option<Latest>, notice_version: i64, barred: bool) -> Standing {
    if barred {
        return Standing::Barred;
    }
    let Some(latest) = latest else { return Standing::None };
    match latest.decision {
        Decision::Refused => Standing::Refused,
        Decision::Withdrawn => Standing::Withdrawn,
        // What rests on a contract or a law does not end when the words change.
        Decision::Given if latest.basis == Basis::Consent && latest.notice_version < notice_version => {
            Standing::NeedsRenewal
        }
        Decision::Given => Standing::Given,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(decision: Decision, basis: Basis, notice_version: i64) -> Option<Latest> {
        Some(Latest { decision, basis, notice_version })
    }

    #[test]
    fn only_a_present_consent_allows() {
        let given = answered(Decision::Given, Basis::Consent, 2);
        assert_eq!(standing(given, 2, false), Standing::Given);
        assert_eq!(standing(given, 3, false), Standing::NeedsRenewal, "other words have not been agreed to");
        assert_eq!(standing(given, 2, true), Standing::Barred, "whoever must not be contacted is not");
        assert_eq!(standing(None, 1, false), Standing::None);
        assert_eq!(standing(answered(Decision::Withdrawn, Basis::Consent, 2), 2, false), Standing::Withdrawn);
        assert_eq!(standing(answered(Decision::Refused, Basis::Consent, 2), 2, false), Standing::Refused);
        assert_eq!(standing(answered(Decision::Given, Basis::Contract, 1), 3, false), Standing::Given);
        let allowing = Standing::ALL.iter().filter(|standing| standing.allows());
        assert_eq!(allowing.count(), 1);
    }
}
