-- How people want to be told beside the inbox; who has no row has set nothing.
create table notification_preferences (
    account_id    blob not null primary key references accounts,
    -- JSON: by topic, whether WeChat and SMS are wanted.
    wishes        text not null,
    urgent_by_sms integer not null check (urgent_by_sms in (0, 1)),
    -- Minutes after midnight of the deployment's zone.
    quiet_from    integer check (quiet_from between 0 and 1439),
    quiet_to      integer check (quiet_to between 0 and 1439),
    version       integer not null check (version > 0),
    check ((quiet_from is null) = (quiet_to is null))
) strict;

-- How many messages of a template a person still lets us send; WeChat has the last word.
create table wechat_subscriptions (
    account_id  blob not null references accounts,
    template_id text not null,
    granted     integer not null check (granted between 0 and 100),
    primary key (account_id, template_id)
) strict, without rowid;

-- Messages beside the inbox: each notification once a channel.
create table deliveries (
    id              blob not null primary key,
    notification_id blob not null references notifications,
    channel         text not null check (channel in ('wechat', 'sms')),
    state           text not null check (state in ('waiting', 'sent', 'failed', 'dropped')),
    -- When it is tried next; while it is being tried, when somebody else may.
    due_at          integer not null,
    -- Tries that were begun.
    attempts        integer not null check (attempts between 0 and 5),
    -- A word or the other side's code; no personal data.
    last_error      text,
    unique (notification_id, channel)
) strict;

create index deliveries_due on deliveries (due_at) where state = 'waiting';
