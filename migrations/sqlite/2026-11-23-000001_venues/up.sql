create table venues (
    id            blob not null primary key,
    code          text not null unique,
    kind          text not null check (kind in ('city_office', 'center', 'institute', 'station', 'point', 'post', 'base', 'service_desk', 'grid')),
    name          text not null,
    parent_id     blob references venues,
    -- Ancestors' codes and its own, each ended by a slash; compared by bytes, so that a subtree is one range.
    path          text not null unique,
    center_id     blob references venues,
    state         text not null check (state in ('planned', 'open', 'paused', 'closed')),
    region_code   text,
    address       text,
    longitude     real not null check (longitude between -180 and 180),
    latitude      real not null check (latitude between -90 and 90),
    opening_hours text,
    functions     text not null,
    platforms     text not null,
    contact       text,
    head          text,
    photos        text not null,
    trusted       integer not null check (trusted in (0, 1)),
    version       integer not null check (version > 0),
    created_at    integer not null,
    check (parent_id is not null or kind in ('city_office', 'center'))
) strict;

create index venues_by_parent on venues (parent_id, path);
create index venues_by_place on venues (latitude, longitude);

-- What a center sets for everything below it; a center without a row has set nothing.
create table center_rules (
    center_id     blob not null primary key references venues,
    -- Per cent of a session from which presence counts.
    least_share   integer not null check (least_share between 0 and 100),
    -- The day of the month; null is the last weekend.
    promotion_day integer check (promotion_day between 1 and 31),
    induction     text not null check (induction in ('everyone', 'by_position')),
    -- So many needs of one category within 30 days ask for a project.
    common_needs_threshold integer not null check (common_needs_threshold between 2 and 100),
    version       integer not null check (version > 0)
) strict;
