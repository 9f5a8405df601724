//! One type per kind of id, so that a volunteer's is never passed for a session's.

use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = Uuid, example = "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10"))]
        #[cfg_attr(feature = "diesel", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow))]
        #[cfg_attr(feature = "diesel", diesel(sql_type = crate::columns::Id))]
        pub struct $name(pub Uuid);

        #[cfg(feature = "diesel")]
        id_column!($name);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self { Self(id) }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(formatter) }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> { Uuid::parse_str(text).map(Self) }
        }
    )+
    };
}

ids! {
    /// An id of any kind: where one field holds ids of several kinds, beside a word that says which.
    AnyId,
    /// A person's login.
    AccountId,
    /// A published event that is held in sessions.
    ActivityId,
    /// Points that staff gave or took by hand.
    AdjustmentId,
    /// A municipal system that calls with its own keys.
    ApiClientId,
    /// One line of the audit log.
    AuditRecordId,
    /// A recurring service for one person.
    CarePlanId,
    /// Many needs of one category under one venue.
    CommonNeedId,
    /// Permission given once for one purpose and version of a text.
    ConsentId,
    /// One message to one person over one channel.
    DeliveryId,
    /// One version of a center's rules for earning points.
    EarningRulesId,
    /// A fact that happened, on its way to whoever waits for it.
    EventId,
    /// A role given to an account within a scope.
    GrantId,
    /// What one person is told of an event.
    NotificationId,
    /// What a partner gives for points.
    OfferId,
    /// A resident's need on its way.
    OrderId,
    /// An enterprise, shop, department or goodwill store that makes offers.
    PartnerId,
    /// A photo that somebody uploaded.
    PhotoId,
    /// One movement of points, in two or more entries that sum to zero.
    PointsTransactionId,
    /// A role with a headcount within a session.
    PositionId,
    /// A standing offer of service with a plan and a life cycle.
    ProjectId,
    /// One exchange of points for an offer; its voucher carries the same id.
    RedemptionId,
    /// A restriction that staff lifted.
    ReliefId,
    /// One check-in or check-out, as it was scanned.
    ScanId,
    /// One person's service at one session: presence, minutes, flags and state.
    ServiceRecordId,
    /// One dated occurrence of an activity.
    SessionId,
    /// A place in a session or in the queue behind it.
    SignupId,
    /// A partner's account of one month.
    StatementId,
    /// A group of volunteers with a leader, categories and a home venue.
    TeamId,
    /// One login and the refresh tokens that descend from it.
    TokenFamilyId,
    /// Any place of practice.
    VenueId,
    /// A registered person who serves.
    VolunteerId,
}
