//! Attendance: check-ins and check-outs, and the service records they become.
