//! Orders as JSON.

mod boards;
mod care_plans;
mod common_needs;
mod menu;
mod needs;
mod orders;
mod ratings;
mod settings;
mod steps;

pub use boards::{
    BoardBody, InboxBody, InboxItemBody, LaneBody, LateList, ListLate, ListRewards, RewardBody,
    RewardList, ShowBoard, TeamServiceBody,
};
pub use care_plans::{
    CarePlanBody, CarePlanList, CarePlanTermsBody, CareVisitBody, CareVisitList, CreateCarePlan,
    ListCarePlans, PreviewCarePlan, ReplaceCarePlan, SwitchWeather, WeatherSwitchBody,
};
pub use common_needs::{
    AcceptCommonNeed, CommonNeedBody, CommonNeedDetail, CommonNeedList, ListCommonNeeds,
};
pub use menu::{MenuItem, ServiceMenu, ShowMenu};
pub use needs::{CreateOrder, PersonServedBody, PersonServedInput};
pub use orders::{
    AlikeOrders, ListMyOrders, ListOrders, OrderBody, OrderCard, OrderClockBody, OrderEventBody,
    OrderList, OrderOfferBody, PhotoLink, TimelineBody,
};
pub use ratings::{
    JudgeAppeal, ListStories, PublishOrder, RateOrder, RatingBody, SatisfactionBody,
    SatisfactionParams, StoryBody, StoryList,
};
pub use settings::{
    MatchingWeightsBody, ReplaceMatchingWeights, SetWorkDay, WorkCalendarBody, WorkDayBody,
};
pub use steps::{
    AnswerOrder, AssignOrder, ConfirmOrder, DispatchOrder, EvidencePhoto, MergeOrder, PauseOrder,
    RefuseOrder, RegisterOrder, ScheduleOrder, ServeOrder, SuggestionBody, SuggestionList,
    SuggestionPart, TransferOrder,
};
