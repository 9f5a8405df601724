-- A recurring service for one person, ordered ahead of time by rule.
create table care_plans (
    id              uuid not null primary key,
    venue_id        uuid not null references venues,
    center_id       uuid not null references venues,
    -- What each order asks for.
    category        text not null,
    title           text not null,
    text            text,
    skill           text,
    place           text,
    -- To three decimals.
    longitude       double precision not null,
    latitude        double precision not null,
    urgency         text not null check (urgency in ('urgent', 'soon', 'routine')),
    -- JSON
    priority_groups text not null,
    rhythm          text not null,
    -- The weather that the rhythm waits for.
    weather         text check (weather in ('rain_or_snow')),
    lead_minutes    bigint not null check (lead_minutes between 60 and 20160),
    visit_minutes   bigint not null check (visit_minutes between 5 and 480),
    from_day        text not null,
    until_day       text check (until_day >= from_day),
    -- Sealed JSON: who is served. A plan that has ended forgets it.
    person          bytea,
    -- Keyed hash of their telephone.
    person_index    bytea,
    consent_at      timestamptz not null,
    consent_by      uuid references accounts,
    state           text not null check (state in ('active', 'paused', 'ended')),
    created_by      uuid references accounts,
    created_at      timestamptz not null,
    -- What fell due before it is ordered, missed, or not to be ordered.
    settled_until   timestamptz not null,
    -- When the program looks at it next.
    next_look_at    timestamptz,
    version         bigint not null check (version > 0),
    check ((person is null) = (state = 'ended')),
    check (state = 'active' or next_look_at is null)
);

create index care_plans_by_look on care_plans (next_look_at, id);
create index care_plans_of_venue on care_plans (venue_id, id);
create index care_plans_by_weather on care_plans (center_id, weather);

-- What became of each visit of a plan: one order, whatever is tried again, or none in time.
create table care_plan_orders (
    care_plan_id uuid not null references care_plans,
    due_at       timestamptz not null,
    -- Null where it was missed.
    order_id     uuid unique references orders,
    primary key (care_plan_id, due_at)
);

-- Days for which the weather was switched on at a center.
create table weather_switches (
    center_id   uuid not null references venues,
    day         text not null,
    kind        text not null check (kind in ('rain_or_snow')),
    switched_by uuid references accounts,
    switched_at timestamptz not null,
    primary key (center_id, day, kind)
);
