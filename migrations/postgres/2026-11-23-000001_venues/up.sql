create table venues (
    id            uuid primary key,
    code          text not null unique,
    kind          text not null check (kind in ('city_office', 'center', 'institute', 'station', 'point', 'post', 'base', 'service_desk', 'grid')),
    name          text not null,
    parent_id     uuid references venues,
    -- Ancestors' codes and its own, each ended by a slash; compared by bytes, so that a subtree is one range.
    path          text collate "C" not null unique,
    center_id     uuid references venues,
    state         text not null check (state in ('planned', 'open', 'paused', 'closed')),
    region_code   text,
    address       text,
    longitude     double precision not null check (longitude between -180 and 180),
    latitude      double precision not null check (latitude between -90 and 90),
    opening_hours text,
    functions     text not null,
    platforms     text not null,
    contact       text,
    head          text,
    photos        text not null,
    trusted       boolean not null,
    version       bigint not null check (version > 0),
    created_at    timestamptz not null,
    check (parent_id is not null or kind in ('city_office', 'center'))
);

create index venues_by_parent on venues (parent_id, path);
create index venues_by_place on venues (latitude, longitude);

-- What a center sets for everything below it; a center without a row has set nothing.
create table center_rules (
    center_id     uuid not null primary key references venues,
    -- Per cent of a session from which presence counts.
    least_share   bigint not null check (least_share between 0 and 100),
    -- The day of the month; null is the last weekend.
    promotion_day bigint check (promotion_day between 1 and 31),
    induction     text not null check (induction in ('everyone', 'by_position')),
    -- So many needs of one category within 30 days ask for a project.
    common_needs_threshold bigint not null check (common_needs_threshold between 2 and 100),
    version       bigint not null check (version > 0)
);
