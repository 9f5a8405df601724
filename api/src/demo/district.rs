//! The plan of the demo district: which venues there are, by Tongzhou's published figures.

use shijian_domain::{
    place::Location,
    venues::{NewVenue, Platform, VenueKind, VenueProfile, VenueState},
};

use super::{
    Scale,
    dice::Dice,
    words::{
        BASES, CENTER, COMMUNITIES, DESKS, FAMILIES, POSTS, QUARTERS, TOWNS, Town, TownKind,
        VILLAGES,
    },
};

/// The code of the district's center.
pub const CENTER_CODE: &str = "TZ";
/// The code of 中仓's institute.
pub const INSTITUTE_CODE: &str = "TZ-01";
/// The code of 中上园's station under 中仓.
pub const STATION_CODE: &str = "TZ-01-001";

/// A venue to be, and the code of its parent.
#[derive(Debug, Clone)]
pub struct VenuePlan {
    pub parent: Option<String>,
    pub venue: NewVenue,
}

/// How many of each kind of venue there are.
struct Shape {
    towns: usize,
    communities: usize,
    villages: usize,
    bases: usize,
    posts: usize,
    desks: usize,
}

impl Shape {
    const fn of(scale: Scale) -> Self {
        match scale {
            Scale::Small => {
                Self { towns: 2, communities: 6, villages: 6, bases: 2, posts: 8, desks: 12 }
            }
            Scale::District | Scale::Full => {
                Self { towns: 22, communities: 18, villages: 39, bases: 23, posts: 128, desks: 967 }
            }
        }
    }

    /// 18 communities a sub-district and 39 villages a town leave 3 of the 630 stations: the first three towns have 40.
    fn stations(&self, index: usize, town: Town) -> usize {
        match town.kind {
            TownKind::SubDistrict => self.communities,
            _ if self.towns > 2 && (12..15).contains(&index) => self.villages + 1,
            TownKind::Town | TownKind::Township => self.villages,
        }
    }
}

/// All venues of the district, parents before children, the same for the same seed.
pub fn venues(scale: Scale, dice: &mut Dice) -> Vec<VenuePlan> {
    let shape = Shape::of(scale);
    let mut plans =
        vec![plan(CENTER_CODE, VenueKind::Center, None, "通州区新时代文明实践中心", CENTER)];
    let mut stations: Vec<(String, String, Location)> = Vec::new();
    for (index, town) in TOWNS.iter().copied().take(shape.towns).enumerate() {
        let institute = format!("{CENTER_CODE}-{:02}", index + 1);
        let name = format!("{}新时代文明实践所", town.full_name());
        plans.push(plan(
            &institute,
            VenueKind::Institute,
            Some(CENTER_CODE),
            &name,
            town.location(),
        ));
        for number in 0..shape.stations(index, town) {
            let code = format!("{institute}-{:03}", number + 1);
            let place = neighbourhood(town, number);
            let reach = if town.kind == TownKind::SubDistrict { 0.012 } else { 0.045 };
            let location = if code == STATION_CODE {
                town.location()
            } else {
                dice.near(town.location(), reach)
            };
            let name = format!("{place}新时代文明实践站");
            plans.push(plan(&code, VenueKind::Station, Some(&institute), &name, location));
            stations.push((code, place, location));
        }
    }
    for (number, base) in BASES.iter().take(shape.bases).enumerate() {
        let location = dice.near(CENTER, 0.08);
        let name = format!("{base}新时代文明实践基地");
        let code = format!("{CENTER_CODE}-B{:02}", number + 1);
        plans.push(plan(&code, VenueKind::Base, Some(CENTER_CODE), &name, location));
    }
    // Every fifth station has a post, every station a desk before any has two.
    for (number, (station, place, location)) in spread(&stations, shape.posts, 5).enumerate() {
        let kind = POSTS.get(number % POSTS.len()).copied().unwrap_or_default();
        let name = format!("{place}{kind}驿站");
        let code = format!("{CENTER_CODE}-P{:03}", number + 1);
        plans.push(plan(&code, VenueKind::Post, Some(station), &name, dice.near(*location, 0.003)));
    }
    for (number, (station, place, location)) in spread(&stations, shape.desks, 1).enumerate() {
        let kind = DESKS.get(number / stations.len().max(1)).copied().unwrap_or_default();
        let name = format!("{place}{kind}志愿服务站");
        let code = format!("{CENTER_CODE}-D{:03}", number + 1);
        plans.push(plan(
            &code,
            VenueKind::ServiceDesk,
            Some(station),
            &name,
            dice.near(*location, 0.003),
        ));
    }
    plans
}

/// `count` of `all`, going round by steps of `step`.
fn spread<T>(all: &[T], count: usize, step: usize) -> impl Iterator<Item = &T> {
    (0..count).filter_map(move |number| all.get((number * step) % all.len().max(1)))
}

/// The name of a town's community or village; 中仓's first is 中上园.
fn neighbourhood(town: Town, number: usize) -> String {
    // Each town begins elsewhere in the list, so that neighbours have different names.
    let offset = TOWNS.iter().position(|other| other.name == town.name).unwrap_or(0) * 5;
    if town.kind == TownKind::SubDistrict {
        if town.name == "中仓" && number == 0 {
            return "中上园社区".to_owned();
        }
        let name =
            COMMUNITIES.get((number + offset) % COMMUNITIES.len()).copied().unwrap_or_default();
        let quarter = QUARTERS.get((number / 3) % QUARTERS.len()).copied().unwrap_or_default();
        format!("{name}{quarter}社区")
    } else {
        let family = FAMILIES.get((number + offset) % FAMILIES.len()).copied().unwrap_or_default();
        let ending = VILLAGES
            .get((number / FAMILIES.len() + number) % VILLAGES.len())
            .copied()
            .unwrap_or_default();
        format!("{family}{ending}村")
    }
}

fn plan(
    code: &str,
    kind: VenueKind,
    parent: Option<&str>,
    name: &str,
    location: Location,
) -> VenuePlan {
    VenuePlan {
        parent: parent.map(str::to_owned),
        venue: NewVenue {
            code: code.to_owned(),
            kind,
            state: VenueState::Open,
            profile: VenueProfile {
                name: name.to_owned(),
                region_code: Some("110112".to_owned()),
                address: None,
                location,
                opening_hours: Some("周一至周日 08:30–17:30".to_owned()),
                functions: ["理论宣讲", "志愿服务", "文化活动"].map(str::to_owned).to_vec(),
                platforms: vec![Platform::Theory, Platform::Education, Platform::Culture],
                contact: None,
                head: None,
                photos: Vec::new(),
                // The demo's stations publish without waiting for their institute.
                trusted: kind == VenueKind::Station,
            },
        },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn count(plans: &[VenuePlan], kind: VenueKind) -> usize {
        plans.iter().filter(|plan| plan.venue.kind == kind).count()
    }

    #[test]
    fn the_district_has_the_published_number_of_each_kind_of_venue() {
        let plans = venues(Scale::District, &mut Dice::new(1));
        let counted = [
            (VenueKind::Center, 1),
            (VenueKind::Institute, 22),
            (VenueKind::Station, 630),
            (VenueKind::Base, 23),
            (VenueKind::Post, 128),
            (VenueKind::ServiceDesk, 967),
        ];
        for (kind, expected) in counted {
            assert_eq!(count(&plans, kind), expected, "{kind}");
        }
    }

    #[test]
    fn codes_are_unique_and_stations_of_one_institute_have_different_names() {
        let plans = venues(Scale::District, &mut Dice::new(1));
        let codes: HashSet<_> = plans.iter().map(|plan| &plan.venue.code).collect();
        assert_eq!(codes.len(), plans.len());
        let stations = plans.iter().filter(|plan| plan.venue.kind == VenueKind::Station);
        let mut names = HashSet::new();
        for station in stations {
            let name = &station.venue.profile.name;
            assert!(names.insert((&station.parent, name)), "{name} twice");
        }
    }

    #[test]
    fn zhongshangyuan_is_a_station_of_zhongcang() {
        let plans = venues(Scale::Small, &mut Dice::new(1));
        let station = plans.iter().find(|plan| plan.venue.code == STATION_CODE).unwrap();
        assert_eq!(station.parent.as_deref(), Some(INSTITUTE_CODE));
        assert!(station.venue.profile.name.starts_with("中上园"));
    }

    #[test]
    fn the_same_seed_gives_the_same_places() {
        let places = |seed| {
            venues(Scale::Small, &mut Dice::new(seed))
                .last()
                .map(|plan| plan.venue.profile.location)
        };
        assert_eq!(places(3), places(3));
        assert_ne!(places(3), places(4));
    }
}
