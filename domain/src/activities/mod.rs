//! Activities, their sessions and positions, and who signed up.

vocabulary! {
    /// What occasions an activity.
    pub enum ActivityKind {
        /// A theme that the whole district serves.
        DistrictTheme = "district_theme",
        /// What a venue chose for its residents.
        VenueChoice = "venue_choice",
        /// Neighbours for neighbours.
        Neighbor = "neighbor",
        /// Serves an order of a resident.
        OnDemand = "on_demand",
        Lecture = "lecture",
        Training = "training",
        /// Many booths in one place.
        Market = "market",
        /// Many hands for a large event.
        EventSupport = "event_support",
    }
}
