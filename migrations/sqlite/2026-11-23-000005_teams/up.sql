create table teams (
    id            blob not null primary key,
    name          text not null,
    level         text not null check (level in ('corps', 'detachment', 'squad')),
    parent_id     blob references teams,
    home_venue_id blob not null references venues,
    -- A JSON list of words.
    categories    text not null,
    introduction  text,
    leader_id     blob references volunteers,
    state         text not null check (state in ('registered', 'active', 'suspended', 'dissolved')),
    state_reason  text,
    version       integer not null check (version > 0),
    created_at    integer not null
) strict;

create index teams_by_home on teams (home_venue_id, id);
create index teams_by_parent on teams (parent_id, id);
create index teams_by_leader on teams (leader_id, id);

create table team_members (
    team_id      blob not null references teams,
    volunteer_id blob not null references volunteers,
    state        text not null check (state in ('applied', 'active', 'left', 'removed')),
    since        integer not null,
    primary key (team_id, volunteer_id)
) strict;

create index team_members_by_volunteer on team_members (volunteer_id, state);
