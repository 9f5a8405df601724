-- A recurring service for one person, ordered ahead of time by rule.
create table care_plans (
    id              blob not null primary key,
    venue_id        blob not null references venues,
    center_id       blob not null references venues,
    -- What each order asks for.
    category        text not null,
    title           text not null,
    text            text,
    skill           text,
    place           text,
    -- To three decimals.
    longitude       real not null,
    latitude        real not null,
    urgency         text not null check (urgency in ('urgent', 'soon', 'routine')),
    -- JSON
    priority_groups text not null,
    rhythm          text not null,
    -- The weather that the rhythm waits for.
    weather         text check (weather in ('rain_or_snow')),
    lead_minutes    integer not null check (lead_minutes between 60 and 20160),
    visit_minutes   integer not null check (visit_minutes between 5 and 480),
    from_day        text not null,
    until_day       text check (until_day >= from_day),
    -- Sealed JSON: who is served. A plan that has ended forgets it.
    person          blob,
    -- Keyed hash of their telephone.
    person_index    blob,
    consent_at      integer not null,
    consent_by      blob references accounts,
    state           text not null check (state in ('active', 'paused', 'ended')),
    created_by      blob references accounts,
    created_at      integer not null,
    -- What fell due before it is ordered, missed, or not to be ordered.
    settled_until   integer not null,
    -- When the program looks at it next.
    next_look_at    integer,
    version         integer not null check (version > 0),
    check ((person is null) = (state = 'ended')),
    check (state = 'active' or next_look_at is null)
) strict;

create index care_plans_by_look on care_plans (next_look_at, id);
create index care_plans_of_venue on care_plans (venue_id, id);
create index care_plans_by_weather on care_plans (center_id, weather);

-- What became of each visit of a plan: one order, whatever is tried again, or none in time.
create table care_plan_orders (
    care_plan_id blob not null references care_plans,
    due_at       integer not null,
    -- Null where it was missed.
    order_id     blob unique references orders,
    primary key (care_plan_id, due_at)
) strict;

-- Days for which the weather was switched on at a center.
create table weather_switches (
    center_id   blob not null references venues,
    day         text not null,
    kind        text not null check (kind in ('rain_or_snow')),
    switched_by blob references accounts,
    switched_at integer not null,
    primary key (center_id, day, kind)
) strict;
