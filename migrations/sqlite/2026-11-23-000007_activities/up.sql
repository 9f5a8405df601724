create table activities (
    id            blob not null primary key,
    title         text not null,
    description   text,
    kind          text not null check (kind in ('district_theme', 'venue_choice', 'neighbor', 'on_demand', 'lecture', 'training', 'market', 'event_support')),
    category      text,
    host_venue_id blob not null references venues,
    project_id    blob references projects,
    team_id       blob references teams,
    state         text not null check (state in ('draft', 'in_review', 'published', 'completed', 'cancelled')),
    state_reason  text,
    author_id     blob references accounts,
    version       integer not null check (version > 0),
    created_at    integer not null
) strict;

create index activities_by_host on activities (host_venue_id, id);
create index activities_by_project on activities (project_id);
create index activities_by_team on activities (team_id);

create table sessions (
    id               blob not null primary key,
    activity_id      blob not null references activities,
    host_venue_id    blob not null references venues,
    center_id        blob not null references venues,
    team_id          blob references teams,
    starts_at        integer not null,
    ends_at          integer not null,
    -- A JSON list of periods.
    breaks           text not null,
    place            text not null,
    longitude        real not null,
    latitude         real not null,
    signup_opens_at  integer,
    signup_closes_at integer,
    -- Metres; null for the default.
    check_in_radius  integer check (check_in_radius > 0),
    home_visit       integer not null,
    high_risk        integer not null,
    insurance_policy text,
    state            text not null check (state in ('scheduled', 'cancelled', 'closed')),
    version          integer not null check (version > 0),
    created_at       integer not null,
    check (starts_at < ends_at),
    check (insurance_policy is not null or not high_risk)
) strict;

create index sessions_by_time on sessions (starts_at, id);
create index sessions_by_host on sessions (host_venue_id, starts_at);
create index sessions_by_activity on sessions (activity_id, starts_at, id);
create index sessions_by_team on sessions (team_id, starts_at);
create index sessions_to_close on sessions (state, ends_at);

create table positions (
    id           blob not null primary key,
    session_id   blob not null references sessions,
    name         text not null,
    headcount    integer not null check (headcount > 0),
    -- JSON: what a volunteer needs.
    requirements text not null,
    confirmed    integer not null check (confirmed >= 0),
    offered      integer not null check (offered >= 0),
    waitlisted   integer not null check (waitlisted >= 0),
    check (confirmed + offered <= headcount)
) strict;

create index positions_by_session on positions (session_id, id);

create table signups (
    id            blob not null primary key,
    session_id    blob not null references sessions,
    position_id   blob not null references positions,
    volunteer_id  blob not null references volunteers,
    state         text not null check (state in ('confirmed', 'waitlisted', 'offered', 'cancelled', 'late_cancelled', 'attended', 'no_show', 'excused')),
    offered_until integer check ((offered_until is not null) = (state = 'offered')),
    -- The session moved: the volunteer confirms again, or leaves freely.
    must_confirm  integer not null,
    -- The session's own, for finding overlaps.
    starts_at     integer not null,
    ends_at       integer not null,
    created_at    integer not null,
    version       integer not null check (version > 0)
) strict;

create unique index signups_open on signups (session_id, volunteer_id) where state in ('confirmed', 'waitlisted', 'offered', 'attended');
create index signups_by_volunteer on signups (volunteer_id, ends_at);
create index signups_by_session on signups (session_id, id);
create index signups_waiting on signups (position_id, state, id);
create index signups_offered on signups (offered_until) where offered_until is not null;

-- When staff let somebody with no-shows sign up as everyone does.
create table signup_reliefs (
    id           blob not null primary key,
    volunteer_id blob not null references volunteers,
    reason       text not null,
    relieved_at  integer not null
) strict;

create index signup_reliefs_by_volunteer on signup_reliefs (volunteer_id, relieved_at);
