create table projects (
    id             blob not null primary key,
    title          text not null,
    summary        text,
    owner_venue_id blob not null references venues,
    team_id        blob references teams,
    category       text not null,
    -- JSON: what it wants to reach.
    goals          text not null,
    -- Residents may order it while it is published.
    orderable      integer not null,
    order_note     text,
    state          text not null check (state in ('draft', 'submitted', 'returned', 'approved', 'published', 'paused', 'completed', 'archived')),
    state_reason   text,
    author_id      blob references accounts,
    version        integer not null check (version > 0),
    created_at     integer not null
) strict;

create index projects_by_owner on projects (owner_venue_id, id);
create index projects_by_team on projects (team_id);
create index projects_on_menu on projects (orderable, state, id);
