//! Attendance: presence at a session, and the service record that it becomes (docs/rules.md#attendance).

mod code;
mod flags;
mod minutes;
mod record;

pub use code::{CODE_STEP, code_steps, step_at, step_ends};
pub use flags::{Flag, Scanned, Surroundings, flags_of_scan};
pub use minutes::{DayLedger, Served, served};
pub use record::{
    AttendanceRefusal, CheckOut, Direction, HoursClass, Means, RecordState, Scan, ServiceRecord,
    Verdict, ensure_active, may_check_in, may_check_out, may_make_up,
};
