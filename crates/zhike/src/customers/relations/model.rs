use jiff::Timestamp;

use crate::customers::model::Customer;
use crate::kernel::Id;
use crate::platform::access::model::User;

store::text_enum! {
    /// What the other customer is to this one.
    #[derive(utoipa::ToSchema)]
    pub enum RelationKind {
        Parent = "parent", Subsidiary = "subsidiary", Supplier = "supplier", Buyer = "buyer", Partner = "partner",
        Affiliate = "affiliate",
    }
}

impl RelationKind {
    /// The same relation, seen from the other customer.
    pub const fn mirrored(self) -> Self {
        match self {
            Self::Parent => Self::Subsidiary,
            Self::Subsidiary => Self::Parent,
            Self::Supplier => Self::Buyer,
            Self::Buyer => Self::Supplier,
            Self::Partner => Self::Partner,
            Self::Affiliate => Self::Affiliate,
        }
    }
}

store::entity! {
    /// One side of a relation; the other side has the same id.
    pub struct Relation: "relation" {
        pub id: Id<Relation>,
        pub customer_id: Id<Customer>,
        pub other_id: Id<Customer>,
        pub kind: RelationKind,
        pub note: Option<String>,
        pub created_by: Id<User>,
        pub created_at: Timestamp,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seen_twice_from_the_other_side_a_relation_is_itself() {
        assert!(RelationKind::ALL.iter().all(|kind| kind.mirrored().mirrored() == *kind));
        assert_eq!(RelationKind::Parent.mirrored(), RelationKind::Subsidiary);
    }
}
