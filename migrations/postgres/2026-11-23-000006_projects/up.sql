create table projects (
    id             uuid primary key,
    title          text not null,
    summary        text,
    owner_venue_id uuid not null references venues,
    team_id        uuid references teams,
    category       text not null,
    -- JSON: what it wants to reach.
    goals          text not null,
    -- Residents may order it while it is published.
    orderable      boolean not null,
    order_note     text,
    state          text not null check (state in ('draft', 'submitted', 'returned', 'approved', 'published', 'paused', 'completed', 'archived')),
    state_reason   text,
    author_id      uuid references accounts,
    version        bigint not null check (version > 0),
    created_at     timestamptz not null
);

create index projects_by_owner on projects (owner_venue_id, id);
create index projects_by_team on projects (team_id);
create index projects_on_menu on projects (orderable, state, id);
