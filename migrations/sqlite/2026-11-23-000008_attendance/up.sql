-- What one volunteer served between one check-in and its check-out.
create table service_records (
    id               blob not null primary key,
    session_id       blob not null references sessions,
    activity_id      blob not null references activities,
    volunteer_id     blob not null references volunteers,
    -- The first, second or third stay in the session.
    stay             integer not null check (stay between 1 and 3),
    position_name    text not null,
    class            text not null check (class in ('measured', 'made_up')),
    state            text not null check (state in ('provisional', 'verified', 'rejected', 'voided')),
    checked_in_at    integer not null,
    checked_out_at   integer,
    -- Whole minutes of presence within the session, and those that count: at most 480 a day, and where the center asks for a
    -- least share of the session, those of earlier stays count with the stay that reaches it.
    raw_minutes      integer not null check (raw_minutes >= 0),
    minutes          integer not null check (minutes between 0 and 480),
    -- What it earned; null before it was credited.
    points           integer check (points >= 0),
    -- A JSON list of words.
    flags            text not null,
    -- Why staff entered, rejected or voided it, or confirmed its end.
    reason           text,
    -- The day of its start, in the deployment's zone.
    served_on        text not null,
    -- Who entered it, where that was not the volunteer.
    entered_by       blob references accounts,
    decided_by       blob references accounts,
    -- While a volunteer disputes it, it is frozen.
    disputed_at      integer,
    dispute          text,
    dispute_answer   text,
    version          integer not null check (version > 0),
    created_at       integer not null,
    unique (session_id, volunteer_id, stay),
    check (checked_in_at <= checked_out_at),
    check (state <> 'verified' or checked_out_at is not null)
) strict;

create index service_records_by_volunteer on service_records (volunteer_id, id);
create index service_records_by_day on service_records (volunteer_id, served_on);
create index service_records_by_session on service_records (session_id, id);
create index service_records_waiting on service_records (state, id);
create unique index service_records_open on service_records (session_id, volunteer_id) where checked_out_at is null;

-- Every scan: its means, device and place.
create table scans (
    id           blob not null primary key,
    record_id    blob not null references service_records,
    volunteer_id blob not null references volunteers,
    direction    text not null check (direction in ('in', 'out')),
    means        text not null check (means in ('session_code', 'volunteer_code', 'by_hand', 'upload', 'program')),
    scanned_at   integer not null,
    -- When it reached the server: later than the scan for uploads.
    received_at  integer not null,
    device       text,
    longitude    real,
    latitude     real,
    entered_by   blob references accounts,
    -- The uploading device's own id for it.
    upload_key   text unique
) strict;

create index scans_by_volunteer on scans (volunteer_id, scanned_at);
create index scans_by_record on scans (record_id);
create index scans_by_device on scans (device, scanned_at) where device is not null;
