-- Days that are not as the week says, as the operator entered them.
create table work_days (
    day  text not null primary key,
    kind text not null check (kind in ('holiday', 'working_day'))
) strict;

-- How far an order has come.
create table orders (
    id               blob not null primary key,
    number           text not null unique,
    source           text not null check (source in ('grid_worker', 'resident', 'venue', 'partner_system', 'care_plan')),
    care_plan_id     blob,
    venue_id         blob not null references venues,
    -- The tiers over it.
    station_id       blob references venues,
    institute_id     blob references venues,
    center_id        blob not null references venues,
    category         text not null,
    urgency          text not null check (urgency in ('urgent', 'soon', 'routine')),
    created_at       integer not null,
    state            text not null check (state in ('solicited', 'registered', 'dispatching', 'accepted', 'scheduled', 'in_service', 'served', 'rated', 'closed', 'cancelled', 'declined', 'merged', 'transferred', 'reopened')),
    tier             text not null check (tier in ('station', 'institute', 'center')),
    -- The venue of that tier.
    holder_id        blob not null references venues,
    team_id          blob references teams,
    clock            text check (clock in ('register', 'accept', 'serve', 'rate', 'visit', 'close')),
    due_at           integer,
    lapsed_at        integer,
    -- When it asks for attention: when its clock runs out, or since when it is late; when it ended.
    attention_at     integer not null,
    round            integer not null check (round in (1, 2)),
    hops             integer not null check (hops >= 0),
    -- JSON
    returned_by      text not null,
    former_team_id   blob references teams,
    paused_minutes   integer not null check (paused_minutes between 0 and 20160),
    open_call        integer not null,
    session_id       blob references sessions,
    confirmed        integer not null,
    ended_at         integer,
    into_order_id    blob references orders,
    version          integer not null check (version > 0),
    check ((clock is null) = (due_at is null)),
    check ((ended_at is not null) = (state in ('closed', 'cancelled', 'declined', 'merged', 'transferred'))),
    -- Whoever serves has it, and nobody has what is still asked for.
    check (state not in ('accepted', 'scheduled', 'in_service', 'served', 'rated', 'closed') or team_id is not null),
    check (state not in ('solicited', 'registered', 'dispatching', 'reopened', 'merged') or team_id is null),
    check (former_team_id is null or team_id is null or former_team_id <> team_id)
) strict;

create index orders_by_station on orders (station_id, id);
create index orders_by_institute on orders (institute_id, id);
create index orders_by_center on orders (center_id, id);
create index orders_by_venue on orders (venue_id, id);
create index orders_of_station on orders (station_id, state, attention_at, id);
create index orders_of_institute on orders (institute_id, state, attention_at, id);
create index orders_of_center on orders (center_id, state, attention_at, id);
create index orders_by_attention on orders (center_id, attention_at, id) where ended_at is null;
create index orders_of_team on orders (team_id, state, attention_at, id);
create index orders_of_holder on orders (holder_id, state, category, attention_at);
create index orders_due on orders (due_at);
create index orders_by_category on orders (station_id, category, created_at);
create index orders_of_center_by_category on orders (center_id, category, created_at);
create index orders_of_session on orders (session_id);

-- What is asked for; it does not change once a dispatcher took it on.
create table needs (
    order_id         blob not null primary key references orders,
    requester_id     blob references accounts,
    -- The reporting device's own id for it: a draft that arrives twice is one order.
    client_reference text,
    -- The other system's number for it.
    external_number  text,
    title            text not null,
    text             text,
    skill            text,
    place            text,
    -- To three decimals.
    longitude        real not null,
    latitude         real not null,
    wished_from      integer,
    wished_to        integer,
    -- JSON
    priority_groups  text not null,
    photos           text not null,
    -- Sealed JSON: who is served.
    person           blob,
    -- Keyed hash of their telephone.
    person_index     blob,
    reported_at      integer not null,
    -- The project that it was ordered from.
    project_id       blob references projects,
    unique (requester_id, client_reference),
    unique (requester_id, external_number)
) strict;

create index needs_by_requester on needs (requester_id, order_id);
create index needs_by_person on needs (person_index, order_id);

-- The history of an order; its state is what these rows say. Rows are only added.
create table order_events (
    order_id       blob not null references orders,
    number         integer not null check (number > 0),
    command        text not null,
    party          text not null check (party in ('requester', 'grid_worker', 'dispatcher', 'center', 'team', 'program')),
    account_id     blob references accounts,
    at             integer not null,
    reason         text,
    state          text not null,
    tier           text not null,
    clock          text,
    due_at         integer,
    team_id        blob references teams,
    session_id     blob references sessions,
    paused_minutes integer,
    open_call      integer not null,
    -- JSON without personal data: what else is to be known of it.
    data           text,
    primary key (order_id, number)
) strict;

create table order_offers (
    order_id    blob not null references orders,
    wave        integer not null,
    team_id     blob not null references teams,
    state       text not null check (state in ('offered', 'accepted', 'refused', 'lapsed', 'withdrawn')),
    offered_at  integer not null,
    answered_at integer,
    reason      text,
    rank        integer,
    score       integer,
    overridden  integer not null,
    primary key (order_id, wave, team_id)
) strict;

-- A team is asked once at a time, and one team at most accepts a wave.
create unique index order_offers_open on order_offers (order_id, team_id) where state = 'offered';
create unique index order_offers_accepted on order_offers (order_id, wave) where state = 'accepted';
create index order_offers_of_team on order_offers (team_id, state, offered_at);

create table order_ratings (
    order_id      blob not null references orders,
    round         integer not null,
    team_id       blob not null references teams,
    attitude      integer not null check (attitude between 1 and 5),
    quality       integer not null check (quality between 1 and 5),
    timeliness    integer not null check (timeliness between 1 and 5),
    overall       integer not null check (overall between 1 and 5),
    outcome       text not null check (outcome in ('solved', 'partly', 'unsolved', 'not_needed')),
    comment       text,
    rated_by      blob references accounts,
    rated_at      integer not null,
    appeal        text check (appeal in ('appealed', 'upheld', 'dismissed')),
    appeal_reason text,
    primary key (order_id, round)
) strict;

create index order_ratings_of_team on order_ratings (team_id, rated_at);

-- Which teams can be asked for what from a venue: its own and those below it. Whoever was asked longest ago comes first.
create table team_reach (
    venue_id      blob not null references venues,
    category      text not null,
    team_id       blob not null references teams,
    last_asked_at integer not null,
    longitude     real not null,
    latitude      real not null,
    primary key (venue_id, category, team_id)
) strict;

create index team_reach_by_turn on team_reach (venue_id, category, last_asked_at, team_id);
create index team_reach_by_place on team_reach (venue_id, category, latitude);
create index team_reach_of_team on team_reach (team_id);

-- What matching knows of a team; a row is made when the team is first asked.
create table team_loads (
    team_id     blob not null primary key references teams,
    open_orders integer not null check (open_orders >= 0),
    offers      integer not null check (offers >= 0),
    answered    integer not null check (answered between 0 and offers),
    accepted    integer not null check (accepted >= 0),
    ratings     integer not null check (ratings >= 0),
    stars       integer not null check (stars between ratings and 5 * ratings),
    -- What it was given for served orders.
    points      integer not null check (points >= 0)
) strict;

-- The confirmation code by text message to whoever is served, once for each round.
create table order_code_messages (
    order_id   blob not null references orders,
    round      integer not null,
    id         blob not null unique,
    state      text not null check (state in ('waiting', 'sent', 'failed', 'dropped')),
    due_at     integer not null,
    -- Tries that were begun.
    attempts   integer not null check (attempts between 0 and 5),
    last_error text,
    primary key (order_id, round)
) strict;

create index order_code_messages_due on order_code_messages (due_at) where state = 'waiting';

-- What a team was given for a served order: an honour that is counted, not spent.
create table team_rewards (
    order_id  blob not null references orders,
    round     integer not null,
    team_id   blob not null references teams,
    points    integer not null check (points > 0),
    given_at  integer not null,
    primary key (order_id, round)
) strict;

create index team_rewards_of_team on team_rewards (team_id, order_id);

-- How much each part of a suggestion weighs at a center, as JSON.
create table matching_weights (
    center_id blob not null primary key references venues,
    weights   text not null,
    version   integer not null check (version > 0)
) strict;

-- A service told to the public, without personal data and with consent.
create table order_stories (
    order_id     blob not null primary key references orders,
    center_id    blob not null references venues,
    station_id   blob references venues,
    team_id      blob not null references teams,
    category     text not null,
    title        text not null,
    text         text not null,
    photos       text not null,
    published_at integer not null,
    published_by blob references accounts
) strict;

create index order_stories_of_center on order_stories (center_id, order_id);
