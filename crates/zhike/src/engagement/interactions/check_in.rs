//! Checking in (R3-2.3): the device of whoever visits says where they stand. Kept is how far that is from the customer
//! and how exact it was, or why there is none; where exactly somebody stood is kept nowhere.

use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::ToSchema;

use super::model::{Interaction, Kind};
use crate::customers::model::Customer;
use crate::customers::places::{self, Point};
use crate::kernel::{FieldError, Result};
use crate::platform::grant::Principal;

store::text_enum! {
    /// What came of checking in.
    #[derive(ToSchema)]
    #[schema(as = CheckInState)]
    pub enum CheckIn {
        Measured = "measured",
        /// The device knows no more than roughly where it is.
        Inaccurate = "inaccurate",
        /// Whoever visited, or their device, does not tell.
        Refused = "refused",
        /// The device does not know.
        Unavailable = "unavailable",
    }
}

/// Metres: less exact than this says nothing about whether somebody was there.
const ACCURATE: f64 = 500.0;
/// No device is less exact than to the whole globe.
const ACCURACY_MOST: f64 = 20_000_000.0;

/// What the device says of where it is, or why it says nothing.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewCheckIn {
    /// Degrees north and east (WGS 84), and metres.
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    pub accuracy: Option<f64>,
    /// `refused` or `unavailable`, where there is no position.
    pub failed: Option<CheckIn>,
    /// Where it is not known where the customer is, it is here.
    pub learn: bool,
}

impl NewCheckIn {
    fn position(&self) -> Option<(Point, f64)> {
        let accuracy = self.accuracy.filter(|metres| (0.0..=ACCURACY_MOST).contains(metres))?;
        Some((Point::of(self.lat?, self.lon?)?, accuracy))
    }

    /// What is wrong with it; only who visits can check in.
    pub fn fault(&self, kind: Kind) -> Option<FieldError> {
        let visits = matches!(kind, Kind::Visit | Kind::OnSite);
        let failed = matches!(self.failed, Some(CheckIn::Refused | CheckIn::Unavailable));
        let code = match (visits, self.failed) {
            (false, _) => "check_in.no_visit",
            (true, Some(_)) if !failed => "invalid",
            (true, None) if self.position().is_none() => "position.invalid",
            _ => return None,
        };
        Some(FieldError { field: "check_in".to_owned(), code: code.to_owned(), message: None })
    }

    /// What of it is kept with a record.
    pub fn stand(&self, tx: &mut Tx<'_>, record: &mut Interaction) -> Result<()> {
        let Some((point, accuracy)) = self.position().filter(|_| self.failed.is_none()) else {
            record.check_in = self.failed;
            return Ok(());
        };
        record.check_in = Some(if accuracy <= ACCURATE { CheckIn::Measured } else { CheckIn::Inaccurate });
        record.accuracy = Some(accuracy.ceil() as i64);
        record.distance = places::service::distance(tx, record.customer_id, point)?;
        Ok(())
    }

    /// Where nobody knew where the customer is, it is known now.
    pub fn tell(&self, tx: &mut Tx<'_>, who: &Principal, customer: &Customer) -> Result<()> {
        match self.position().filter(|_| self.learn) {
            Some((point, accuracy)) => places::service::learn(tx, who, customer, (point, accuracy.ceil() as i64)),
            None => Ok(()),
        }
    }
}

/// What is known of where somebody checked in.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = CheckInView)]
pub struct CheckInView {
    pub state: CheckIn,
    /// Metres to where the customer was known to be then.
    pub distance: Option<i64>,
    /// Metres within which the device was sure.
    pub accuracy: Option<i64>,
}

impl CheckInView {
    pub fn of(record: &Interaction) -> Option<Self> {
        let state = record.check_in?;
        Some(Self { state, distance: record.distance, accuracy: record.accuracy })
    }
}
