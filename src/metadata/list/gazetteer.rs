//! Which town a place on the map is nearest to, so that people see what a position gives away. Separate because it is a table of
//! facts: towns of GeoNames (CC BY 4.0), one in each quarter of a degree, made by `scripts/gazetteer.py`.

use std::sync::OnceLock;

use crate::metadata::inflate::zlib_to_vec;

/// Lines of latitude, longitude (both in hundredths of a degree), town, region and country (ISO 3166), deflated.
const TOWNS: &[u8] = include_bytes!("gazetteer.z");

/// The most that they unpack to.
const UNPACKED_MOST: usize = 4 << 20;

/// What is nearer than this is "in or near" a town: about as large as a town, and as the steps between towns here.
const NEAR_KM: f64 = 8.0;

/// Kilometres in a degree of latitude (WGS 84, mean).
const DEGREE_KM: f64 = 111.32;

fn towns() -> &'static str {
    static UNPACKED: OnceLock<String> = OnceLock::new();
    UNPACKED.get_or_init(|| {
        let bytes = zlib_to_vec(TOWNS, UNPACKED_MOST).unwrap_or_default();
        String::from_utf8(bytes).unwrap_or_default()
    })
}

/// The nearest town in words; `None` for what is no place on earth.
pub(super) fn nearest(latitude: f64, longitude: f64) -> Option<String> {
    if !((-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude)) {
        return None;
    }
    let shrink = latitude.to_radians().cos();
    let away_km = |line: &str| -> Option<f64> {
        let mut fields = line.splitn(3, ',');
        let mut degrees = || Some(f64::from(fields.next()?.parse::<i32>().ok()?) / 100.0);
        let (north, east) = (degrees()? - latitude, degrees()? - longitude);
        // The short way around.
        let east = (east + 540.0).rem_euclid(360.0) - 180.0;
        Some(north.hypot(east * shrink) * DEGREE_KM)
    };
    let measured = towns().lines().filter_map(|line| Some((away_km(line)?, line)));
    let (km, line) = measured.min_by(|a, b| a.0.total_cmp(&b.0))?;
    let mut names = line.split(',').skip(2);
    let (town, region, country) = (names.next()?, names.next()?, names.next()?);
    let region = if region.is_empty() || region == town { String::new() } else { format!(", {region}") };
    let place = format!("{town}{region} ({country})");
    Some(if km < NEAR_KM { format!("in or near {place}") } else { format!("about {km:.0} km from {place}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_named_by_the_town_that_is_nearest() {
        assert_eq!(nearest(51.5074, -0.1278).as_deref(), Some("in or near London, England (GB)"));
        assert_eq!(nearest(48.2, 16.37).as_deref(), Some("in or near Vienna (AT)"));
        let sea = nearest(45.0, -40.0).unwrap_or_default();
        assert!(sea.starts_with("about "), "{sea}");
    }

    #[test]
    fn the_other_side_of_the_date_line_is_near() {
        let (west, east) = (nearest(-16.8, 179.99), nearest(-16.8, -179.99));
        assert!(west.is_some_and(|w| w.ends_with("(FJ)")) && east.is_some_and(|e| e.ends_with("(FJ)")));
    }

    #[test]
    fn what_is_no_place_on_earth_has_no_town() {
        for (latitude, longitude) in [(91.0, 0.0), (0.0, 181.0), (f64::NAN, 0.0), (0.0, f64::INFINITY)] {
            assert_eq!(nearest(latitude, longitude), None);
        }
    }

    #[test]
    fn every_town_of_the_table_can_be_read() {
        assert!(towns().lines().count() > 40_000);
        assert!(towns().lines().all(|line| line.split(',').count() == 5));
    }
}
