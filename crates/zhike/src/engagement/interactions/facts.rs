//! What the rest of the house learns of a contact.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};
use store::Tx;
use uuid::Uuid;

use super::model::Interaction;
use crate::kernel::{Fact, Result};
use crate::platform::grant::Principal;
use crate::platform::outbox;

pub(super) const RECORDED: &str = "contact_recorded";
const WITHDRAWN: &str = "contact_withdrawn";

/// Tells that the contact took place, and that it was written down. Duties are judged at once, so whoever asks afterwards
/// learns whether the record came in time.
pub fn publish(tx: &mut Tx<'_>, who: &Principal, interaction: &Interaction) -> Result<()> {
    let made = fact(interaction, interaction.kind.fact(), interaction.at);
    // The fact of the contact carries the id of its record, so that its withdrawal can be known as another version of it.
    outbox::publish(tx, who, &Fact { id: interaction.id.uuid(), ..made })?;
    outbox::publish(tx, who, &fact(interaction, RECORDED, interaction.recorded_at))
}

/// Tells that the contact was entered by mistake: the same fact again, later and with another meaning.
pub fn withdraw(tx: &mut Tx<'_>, who: &Principal, interaction: &Interaction) -> Result<()> {
    let fact = fact(interaction, WITHDRAWN, who.now);
    // Two versions of a fact are told apart by when they were recorded, also if a clock stands still.
    let recorded_at = who.now.max(interaction.recorded_at + SignedDuration::from_micros(1));
    outbox::publish(tx, who, &Fact { id: interaction.id.uuid(), recorded_at, actor: Some(who.user.uuid()), ..fact })
}

/// Tells that a withdrawn contact took place after all.
pub fn restore(tx: &mut Tx<'_>, who: &Principal, interaction: &Interaction) -> Result<()> {
    let made = fact(interaction, interaction.kind.fact(), interaction.at);
    // Later than its withdrawal.
    let recorded_at = who.now.max(interaction.updated_at + SignedDuration::from_micros(2));
    outbox::publish(tx, who, &Fact { id: interaction.id.uuid(), recorded_at, ..made })
}

fn fact(interaction: &Interaction, kind: &str, at: Timestamp) -> Fact {
    let mut attributes = Map::new();
    attributes.insert("kind".to_owned(), Value::from(interaction.kind.word()));
    Fact {
        id: Uuid::now_v7(),
        kind: kind.to_owned(),
        subject: interaction.id.uuid(),
        customer: Some(interaction.customer_id.uuid()),
        at,
        recorded_at: interaction.recorded_at,
        actor: Some(interaction.actor_id.uuid()),
        attributes,
    }
}
