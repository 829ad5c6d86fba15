//! Points on the globe and the squares in which they are looked for. Pure.

/// Parts of a degree.
const PARTS: f64 = 100_000.0;
/// A square: a hundredth of a degree, some 1.1 km from south to north.
const SIDE: i64 = 1_000;
const ROWS: i64 = 18_000;
const COLUMNS: i64 = 36_000;
/// Metres; the mean radius of the earth, and a degree of latitude, taken a little short so that nothing is overlooked.
const EARTH: f64 = 6_371_008.8;
const DEGREE: f64 = 111_000.0;

/// A place in hundred-thousandths of a degree (WGS 84): a metre, about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    pub lat: i64,
    pub lon: i64,
}

impl Point {
    /// Degrees north and east; nothing for what is nowhere on the globe.
    pub fn of(lat: f64, lon: f64) -> Option<Self> {
        let there = (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon);
        there.then(|| Self { lat: (lat * PARTS).round() as i64, lon: (lon * PARTS).round() as i64 })
    }

    pub fn degrees(self) -> (f64, f64) {
        (self.lat as f64 / PARTS, self.lon as f64 / PARTS)
    }

    fn radians(self) -> (f64, f64) {
        let (lat, lon) = self.degrees();
        (lat.to_radians(), lon.to_radians())
    }

    /// Metres along the great circle (haversine).
    pub fn distance(self, other: Self) -> i64 {
        let ((lat, lon), (to_lat, to_lon)) = (self.radians(), other.radians());
        let half = |angle: f64| (angle / 2.0).sin().powi(2);
        let chord = half(to_lat - lat) + lat.cos() * to_lat.cos() * half(to_lon - lon);
        (2.0 * EARTH * chord.min(1.0).sqrt().asin()).round() as i64
    }

    /// The direction in which another point lies: degrees from north over east, 0 to 359.
    pub fn bearing(self, other: Self) -> i64 {
        let ((lat, lon), (to_lat, to_lon)) = (self.radians(), other.radians());
        let east = (to_lon - lon).sin() * to_lat.cos();
        let north = lat.cos() * to_lat.sin() - lat.sin() * to_lat.cos() * (to_lon - lon).cos();
        (east.atan2(north).to_degrees().round() as i64).rem_euclid(360)
    }

    /// The square in which it lies. Squares of one row follow each other from west to east.
    pub fn cell(self) -> i64 {
        row(self.lat) * COLUMNS + column(self.lon).rem_euclid(COLUMNS)
    }

    /// Ranges of squares, one or two for each row, in which everything lies that is within so many metres.
    pub fn around(self, metres: i64) -> Vec<(i64, i64)> {
        let high = (metres as f64 / DEGREE * PARTS).ceil() as i64;
        let (south, north) = (self.lat - high, self.lat + high);
        let furthest = (south.abs().max(north.abs()) as f64 / PARTS).min(90.0);
        let wide = high as f64 / furthest.to_radians().cos().max(1e-9);
        let rows = row(south.max(-9_000_000))..=row(north.min(9_000_000));
        // Around a pole all of a row is near.
        let columns = if wide >= 90.0 * PARTS {
            vec![(0, COLUMNS - 1)]
        } else {
            ring(column(self.lon - wide as i64 - 1), column(self.lon + wide as i64 + 1))
        };
        rows.flat_map(|row| columns.iter().map(move |(from, to)| (row * COLUMNS + from, row * COLUMNS + to))).collect()
    }
}

fn row(lat: i64) -> i64 {
    ((lat + 9_000_000) / SIDE).clamp(0, ROWS - 1)
}

/// Below 0 and from [`COLUMNS`] on it lies beyond the date line.
fn column(lon: i64) -> i64 {
    (lon + 18_000_000).div_euclid(SIDE)
}

/// A span of columns, in two parts where it goes over the date line.
fn ring(from: i64, to: i64) -> Vec<(i64, i64)> {
    if from < 0 {
        vec![(from + COLUMNS, COLUMNS - 1), (0, to)]
    } else if to >= COLUMNS {
        vec![(from, COLUMNS - 1), (0, to - COLUMNS)]
    } else {
        vec![(from, to)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lat: f64, lon: f64) -> Point {
        Point::of(lat, lon).expect("a point")
    }

    #[test]
    fn distances_and_directions_are_those_of_the_globe() {
        let (shanghai, hangzhou) = (at(31.2304, 121.4737), at(30.2741, 120.1551));
        assert!((164_000..166_000).contains(&shanghai.distance(hangzhou)), "{}", shanghai.distance(hangzhou));
        assert!((229..=231).contains(&shanghai.bearing(hangzhou)), "{}", shanghai.bearing(hangzhou));
        assert_eq!((shanghai.distance(shanghai), shanghai.bearing(at(32.0, 121.4737))), (0, 0));
        assert_eq!(at(0.0, 0.0).bearing(at(0.0, 1.0)), 90);
        assert!(at(0.0, 179.99).distance(at(0.0, -179.99)) < 2_300, "over the date line");
    }

    #[test]
    fn what_is_nowhere_is_no_point() {
        for (lat, lon) in [(91.0, 0.0), (0.0, 181.0), (f64::NAN, 0.0), (0.0, f64::INFINITY)] {
            assert_eq!(Point::of(lat, lon), None);
        }
        assert_eq!(at(31.230_41, 121.473_7).degrees(), (31.230_41, 121.473_7));
    }

    proptest::proptest! {
        /// Whatever lies within the distance lies in one of the squares.
        #[test]
        fn nothing_near_is_overlooked(
            lat in -90.0..=90.0f64, lon in -180.0..=180.0f64, metres in 1i64..50_000, turn in 0.0..360.0f64,
            share in 0.0..=1.0f64,
        ) {
            let here = at(lat, lon);
            let (far, angle) = (metres as f64 * share / DEGREE, turn.to_radians());
            let there_lat = lat + far * angle.cos();
            let there_lon = lon + far * angle.sin() / there_lat.to_radians().cos().abs().max(1e-6);
            let there_lon = (there_lon + 540.0).rem_euclid(360.0) - 180.0;
            let Some(there) = Point::of(there_lat, there_lon) else { return Ok(()) };
            if here.distance(there) <= metres {
                let cell = there.cell();
                let found = here.around(metres).iter().any(|(from, to)| (*from..=*to).contains(&cell));
                proptest::prop_assert!(found, "{here:?} {there:?} {metres}");
            }
        }
    }
}
