-- When each job is due, and which run of it holds the lease; one row a job, made when a server first meets the job.
create table jobs (
    name            text not null primary key,
    -- By the deployment's clock, which the demo moves.
    due_at          integer not null,
    -- By the machine's clock: a run that died gives its job back when this has passed.
    leased_until    integer,
    last_success_at integer
) strict;

-- What a deployment remembers of itself, one value a name: that the demo was seeded, how far its clock is ahead.
create table markers (
    name  text not null primary key,
    value text not null
) strict;
