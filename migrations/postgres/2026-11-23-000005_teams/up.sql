create table teams (
    id            uuid primary key,
    name          text not null,
    level         text not null check (level in ('corps', 'detachment', 'squad')),
    parent_id     uuid references teams,
    home_venue_id uuid not null references venues,
    -- A JSON list of words.
    categories    text not null,
    introduction  text,
    leader_id     uuid references volunteers,
    state         text not null check (state in ('registered', 'active', 'suspended', 'dissolved')),
    state_reason  text,
    version       bigint not null check (version > 0),
    created_at    timestamptz not null
);

create index teams_by_home on teams (home_venue_id, id);
create index teams_by_parent on teams (parent_id, id);
create index teams_by_leader on teams (leader_id, id);

create table team_members (
    team_id      uuid not null references teams,
    volunteer_id uuid not null references volunteers,
    state        text not null check (state in ('applied', 'active', 'left', 'removed')),
    since        timestamptz not null,
    primary key (team_id, volunteer_id)
);

create index team_members_by_volunteer on team_members (volunteer_id, state);
