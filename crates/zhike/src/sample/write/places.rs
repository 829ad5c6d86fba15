//! Where the imagined companies are, and where their visitors checked in: counted from their places in the list.

use crate::engagement::interactions::{CheckIn, Kind, NewCheckIn};
use crate::sample::world::Talk;

/// Degrees north and east.
pub type Place = (f64, f64);

/// The middles of some cities, by the beginnings of their division codes.
const CITIES: [(&str, Place); 12] = [
    ("11", (39.9042, 116.4074)),
    ("31", (31.2304, 121.4737)),
    ("3201", (32.0603, 118.7969)),
    ("3205", (31.2989, 120.5853)),
    ("3301", (30.2741, 120.1551)),
    ("3302", (29.8683, 121.5440)),
    ("4201", (30.5928, 114.3055)),
    ("4401", (23.1291, 113.2644)),
    ("4403", (22.5431, 114.0579)),
    ("50", (29.5630, 106.5516)),
    ("5101", (30.5728, 104.0668)),
    ("6101", (34.3416, 108.9398)),
];

/// Where a company of that region is, some kilometres around the middle of the city. Of one in ten nobody knows.
pub fn of(number: usize, region: &str) -> Option<Place> {
    let (_, (lat, lon)) = CITIES.iter().find(|(code, _)| region.starts_with(code))?;
    let aside = |turn: usize| ((number * turn) % 1_801) as f64 / 10_000.0 - 0.09;
    (number % 10 != 9).then(|| (lat + aside(709), lon + aside(1_031)))
}

/// Two of three visitors checked in, most at the door; some devices were not asked or did not know.
pub fn check_in((lat, lon): Place, talk: &Talk) -> Option<NewCheckIn> {
    if !matches!(talk.kind, Kind::Visit | Kind::OnSite) {
        return None;
    }
    let chance = (talk.at.as_second() / 60) % 60;
    let away = if chance % 13 == 0 { 0.03 } else { 0.0002 * (chance % 7) as f64 };
    match chance % 6 {
        0 | 1 => None,
        2 if chance > 40 => Some(NewCheckIn { failed: Some(CheckIn::Refused), ..NewCheckIn::default() }),
        _ => Some(NewCheckIn {
            lat: Some(lat + away),
            lon: Some(lon),
            accuracy: Some(8.0 + (chance % 25) as f64),
            ..NewCheckIn::default()
        }),
    }
}
