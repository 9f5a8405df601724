//! Presence and service records as JSON.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shijian_domain::{
    attendance::{Direction, Flag, HoursClass, RecordState, Scan, ServiceRecord},
    ids::{ActivityId, ServiceRecordId, SessionId, VolunteerId},
    place::Location,
    units::{Minutes, Points},
};
use shijian_persistence::attendance::PlacedRecord;
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::{
    actions::{MakeUp, Outcome, Proof, Scanning, Upload},
    codes::Shown,
};
use crate::{
    activities::bodies::{NamedVolunteer, kept},
    paged,
    problem::{Answer, Code, Problem},
};

/// A code that is shown now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"code": "48201735", "expires_at": "2026-12-05T01:01:00Z", "refresh_after_seconds": 17}))]
pub struct CodeBody {
    /// To show as a QR code, and to type where a camera fails.
    pub code: String,
    /// It is not taken after that.
    pub expires_at: DateTime<Utc>,
    /// Show the next then.
    pub refresh_after_seconds: i64,
}

impl From<Shown> for CodeBody {
    fn from(shown: Shown) -> Self {
        Self {
            code: shown.code,
            expires_at: shown.expires_at,
            refresh_after_seconds: shown.refresh_after_seconds,
        }
    }
}

fn on_earth(location: &Location) -> Result<(), ValidationError> {
    if location.is_on_earth() { Ok(()) } else { Err(ValidationError::new("off_the_map")) }
}

/// A check-in or check-out, in one of three ways: the volunteer gives the session's `code`; staff or the leader give the `volunteer_code` that they
/// scanned; or they give `volunteer_id` and a `reason`.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "48201735", "location": {"longitude": 116.6584, "latitude": 39.9102}}))]
pub struct ScanBody {
    /// The session's rotating code.
    #[validate(length(min = 1, max = 20))]
    #[schema(min_length = 1, max_length = 20)]
    pub code: Option<String>,
    /// The volunteer's rotating code.
    #[validate(length(min = 1, max = 80))]
    #[schema(min_length = 1, max_length = 80)]
    pub volunteer_code: Option<String>,
    /// Whom staff enter by hand.
    pub volunteer_id: Option<VolunteerId>,
    /// Why staff enter it by hand.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: Option<String>,
    #[validate(custom(function = on_earth))]
    pub location: Option<Location>,
    /// The device's own id.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub device_id: Option<String>,
}

impl ScanBody {
    /// # Errors
    /// [`Code::InvalidBody`] unless it is exactly one of the three ways.
    pub fn command(&self, session_id: SessionId) -> Answer<Scanning> {
        let proof = match (&self.code, &self.volunteer_code, self.volunteer_id, &self.reason) {
            (Some(code), None, None, None) => Proof::SessionCode(code.clone()),
            (None, Some(code), None, None) => Proof::VolunteerCode(code.clone()),
            (None, None, Some(volunteer_id), Some(reason)) => {
                Proof::ByHand { volunteer_id, reason: reason.clone() }
            }
            _ => {
                return Err(Problem::new(Code::InvalidBody)
                    .say(
                        "请给出 code,或 volunteer_code,或 volunteer_id 和 reason。",
                        "Give either code, or volunteer_code, or volunteer_id with reason.",
                    )
                    .at("/code"));
            }
        };
        Ok(Scanning { session_id, proof, location: self.location, device: self.device_id.clone() })
    }
}

/// What one volunteer served between a check-in and its check-out.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2e01",
    "session_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2d02",
    "activity_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2d01",
    "volunteer_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a06",
    "stay": 1,
    "position_name": "理发师",
    "class": "measured",
    "state": "verified",
    "checked_in_at": "2026-12-05T00:55:00Z",
    "checked_out_at": "2026-12-05T03:00:00Z",
    "raw_minutes": 120,
    "minutes": 120,
    "points": 20,
    "flags": [],
    "reason": null,
    "disputed_at": null,
    "dispute": null,
    "dispute_answer": null,
    "repeated": false,
    "version": 2
}))]
pub struct RecordBody {
    pub id: ServiceRecordId,
    pub session_id: SessionId,
    pub activity_id: ActivityId,
    pub volunteer_id: VolunteerId,
    /// The first, second or third stay in the session.
    pub stay: i64,
    pub position_name: String,
    pub class: HoursClass,
    pub state: RecordState,
    pub checked_in_at: DateTime<Utc>,
    pub checked_out_at: Option<DateTime<Utc>>,
    /// Minutes of presence within the session, less its breaks.
    pub raw_minutes: Minutes,
    /// What of them counts.
    pub minutes: Minutes,
    /// What it earned; null before it was credited.
    pub points: Option<Points>,
    /// What is unusual about it. A flag asks a person; it never rejects.
    pub flags: Vec<Flag>,
    /// Why staff entered, rejected or voided it; the evidence of made-up hours.
    pub reason: Option<String>,
    pub disputed_at: Option<DateTime<Utc>>,
    pub dispute: Option<String>,
    pub dispute_answer: Option<String>,
    /// It was so before: this request changed nothing.
    pub repeated: bool,
    pub version: i64,
}

impl From<ServiceRecord> for RecordBody {
    fn from(record: ServiceRecord) -> Self {
        Self {
            id: record.id,
            session_id: record.session_id,
            activity_id: record.activity_id,
            volunteer_id: record.volunteer_id,
            stay: record.stay,
            position_name: record.position_name,
            class: record.class,
            state: record.state,
            checked_in_at: record.checked_in_at,
            checked_out_at: record.checked_out_at,
            raw_minutes: record.raw_minutes,
            minutes: record.minutes,
            points: record.points,
            flags: record.flags,
            reason: record.reason,
            disputed_at: record.disputed_at,
            dispute: record.dispute,
            dispute_answer: record.dispute_answer,
            repeated: false,
            version: record.version,
        }
    }
}

impl From<Outcome> for RecordBody {
    fn from(outcome: Outcome) -> Self {
        Self { repeated: outcome.repeated, ..Self::from(outcome.record) }
    }
}

/// A record with what it is of and whom it is about.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2e01",
    "session_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2d02",
    "activity_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2d01",
    "volunteer_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a06",
    "stay": 1,
    "position_name": "理发师",
    "class": "measured",
    "state": "verified",
    "checked_in_at": "2026-12-05T00:55:00Z",
    "checked_out_at": "2026-12-05T03:00:00Z",
    "raw_minutes": 120,
    "minutes": 120,
    "points": 20,
    "flags": [],
    "reason": null,
    "disputed_at": null,
    "dispute": null,
    "dispute_answer": null,
    "repeated": false,
    "version": 2,
    "title": "公益理发进社区",
    "volunteer": {"number": "V7K3M9Q2X4A", "real_name": "王**"}
}))]
pub struct RecordDetail {
    #[serde(flatten)]
    pub record: RecordBody,
    /// The activity's.
    pub title: String,
    pub volunteer: NamedVolunteer,
}

impl From<PlacedRecord> for RecordDetail {
    fn from(placed: PlacedRecord) -> Self {
        Self {
            record: RecordBody::from(placed.record),
            title: placed.title,
            volunteer: NamedVolunteer::new(placed.volunteer),
        }
    }
}

/// Which records to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListRecords {
    /// Of this volunteer.
    pub volunteer_id: Option<VolunteerId>,
    /// Of this session.
    pub session_id: Option<SessionId>,
    /// In this state.
    pub state: Option<RecordState>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Items of a page; 20 if not given.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
}

/// Which of the caller's own records to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListMyRecords {
    /// In this state.
    pub state: Option<RecordState>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Items of a page; 20 if not given.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
}

paged!(ListRecords, ListMyRecords);

/// A page of records.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [], "next_cursor": null}))]
pub struct RecordList {
    pub items: Vec<RecordDetail>,
    /// Give it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}

/// Hours to enter afterwards.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "volunteer_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a06",
    "starts_at": "2026-12-05T01:00:00Z",
    "ends_at": "2026-12-05T03:00:00Z",
    "evidence": "现场签到表第 3 行,照片编号 20261205-07。"
}))]
pub struct MakeUpBody {
    pub volunteer_id: VolunteerId,
    /// Within the session's times.
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// What shows that it was served.
    #[validate(length(min = 5, max = 500))]
    #[schema(min_length = 5, max_length = 500)]
    pub evidence: String,
}

impl MakeUpBody {
    pub fn command(&self, session_id: SessionId) -> MakeUp {
        MakeUp {
            session_id,
            volunteer_id: self.volunteer_id,
            starts_at: kept(self.starts_at),
            ends_at: kept(self.ends_at),
            evidence: self.evidence.clone(),
        }
    }
}

/// A scan that a device made while it was offline.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "key": "tablet-7/000123",
    "direction": "in",
    "volunteer_code": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a06.48201735",
    "scanned_at": "2026-12-05T00:55:00Z"
}))]
pub struct UploadBody {
    /// The device's own id for the scan: uploading it again changes nothing.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub key: String,
    pub direction: Direction,
    #[validate(length(min = 1, max = 80))]
    #[schema(min_length = 1, max_length = 80)]
    pub volunteer_code: String,
    pub scanned_at: DateTime<Utc>,
    #[validate(custom(function = on_earth))]
    pub location: Option<Location>,
}

impl UploadBody {
    pub fn command(&self) -> Upload {
        Upload {
            key: self.key.clone(),
            direction: self.direction,
            volunteer_code: self.volunteer_code.clone(),
            scanned_at: kept(self.scanned_at),
            location: self.location,
        }
    }
}

/// Scans of one device, in the order in which they were made.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "device_id": "tablet-7",
    "scans": [{
        "key": "tablet-7/000123",
        "direction": "in",
        "volunteer_code": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a06.48201735",
        "scanned_at": "2026-12-05T00:55:00Z"
    }]
}))]
pub struct UploadBatch {
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub device_id: String,
    #[validate(length(min = 1, max = 50), nested)]
    #[schema(min_items = 1, max_items = 50)]
    pub scans: Vec<UploadBody>,
}

/// What became of each scan of an upload, in its order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [{"key": "tablet-7/000123", "record_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2e01", "repeated": false, "refused": null}]}))]
pub struct UploadOutcome {
    pub items: Vec<UploadedScan>,
}

/// What became of one scan.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"key": "tablet-7/000123", "record_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2e01", "repeated": false, "refused": null}))]
pub struct UploadedScan {
    pub key: String,
    /// The record that it became part of.
    pub record_id: Option<ServiceRecordId>,
    /// It was uploaded before.
    pub repeated: bool,
    /// The problem code, if it was refused; the others are kept all the same.
    pub refused: Option<String>,
}

/// Why a record is wrong.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "我一直工作到活动结束。"}))]
pub struct DisputeBody {
    #[validate(length(min = 5, max = 500))]
    #[schema(min_length = 5, max_length = 500)]
    pub reason: String,
}

/// The answer to a dispute.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"answer": "已查看现场照片,按计划时间确认。"}))]
pub struct AnswerBody {
    #[validate(length(min = 2, max = 500))]
    #[schema(min_length = 2, max_length = 500)]
    pub answer: String,
}

/// One scan of a record.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"direction": "in", "means": "session_code", "scanned_at": "2026-12-05T00:55:00Z", "received_at": "2026-12-05T00:55:00Z", "device_id": null, "location": null}))]
pub struct ScanView {
    pub direction: Direction,
    pub means: shijian_domain::attendance::Means,
    pub scanned_at: DateTime<Utc>,
    /// Later than the scan for uploads.
    pub received_at: DateTime<Utc>,
    pub device_id: Option<String>,
    pub location: Option<Location>,
}

impl From<Scan> for ScanView {
    fn from(scan: Scan) -> Self {
        Self {
            direction: scan.direction,
            means: scan.means,
            scanned_at: scan.at,
            received_at: scan.received_at,
            device_id: scan.device,
            location: scan.location,
        }
    }
}

/// A record with its scans.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2e01",
    "session_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2d02",
    "activity_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2d01",
    "volunteer_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a06",
    "stay": 1,
    "position_name": "理发师",
    "class": "measured",
    "state": "verified",
    "checked_in_at": "2026-12-05T00:55:00Z",
    "checked_out_at": "2026-12-05T03:00:00Z",
    "raw_minutes": 120,
    "minutes": 120,
    "points": 20,
    "flags": [],
    "reason": null,
    "disputed_at": null,
    "dispute": null,
    "dispute_answer": null,
    "repeated": false,
    "version": 2,
    "title": "公益理发进社区",
    "volunteer": {"number": "V7K3M9Q2X4A", "real_name": "王**"},
    "scans": [{"direction": "in", "means": "session_code", "scanned_at": "2026-12-05T00:55:00Z", "received_at": "2026-12-05T00:55:00Z", "device_id": null, "location": null}]
}))]
pub struct RecordWithScans {
    #[serde(flatten)]
    pub detail: RecordDetail,
    pub scans: Vec<ScanView>,
}
