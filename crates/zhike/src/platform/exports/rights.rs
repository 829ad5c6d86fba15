//! What somebody may take out, as a digest: it is noted when a file is made, and a file that was made with other rights is
//! not handed out any more. Of a list nobody can say which rows or columns a smaller right would have left out.

use sha2::{Digest as _, Sha256};

use crate::kernel::fields::FIELDS;
use crate::kernel::{Action, Entity, FieldAccess, Permissions};
use crate::platform::vault::hex;

/// Whose records they may read, those of which that are of this kind they may take out, and which fields are kept from
/// them.
pub fn digest(rights: &Permissions, kind: Entity) -> String {
    let counts = |entity, action| action == Action::Read || (action == Action::Export && entity == kind);
    let reached = rights.reach.iter().filter(|((entity, action), _)| counts(*entity, *action));
    let reached = reached.map(|((entity, action), reach)| format!("{} {} {reach:?}", action.word(), entity.word()));
    let of_the_product = FIELDS.iter().map(|field| (field.full_name(), field.class, FieldAccess::Hidden));
    let added = rights.custom.iter().map(|field| (field.full_name(), field.class, field.least()));
    let fields = of_the_product.chain(added);
    let fields = fields.map(|(name, class, least)| (rights.field(&name, class).max(least), name));
    let kept = fields.filter(|(access, _)| *access < FieldAccess::Read);
    let kept = kept.map(|(access, name)| format!("{name} {access:?}"));
    let mut hash = Sha256::new();
    for line in reached.chain(kept) {
        hash.update(line);
        hash.update([0]);
    }
    hex(&hash.finalize()[..16])
}
