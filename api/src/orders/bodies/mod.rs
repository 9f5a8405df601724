//! Orders as JSON.

mod boards;
mod needs;
mod orders;
mod ratings;
mod settings;
mod steps;

pub use boards::{BoardBody, InboxBody, InboxItemBody, LaneBody, LateList, ListLate, ShowBoard};
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
