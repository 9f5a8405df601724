-- How people want to be told beside the inbox; who has no row has set nothing.
create table notification_preferences (
    account_id    uuid not null primary key references accounts,
    -- JSON: by topic, whether WeChat and SMS are wanted.
    wishes        text not null,
    urgent_by_sms boolean not null,
    -- Minutes after midnight of the deployment's zone.
    quiet_from    bigint check (quiet_from between 0 and 1439),
    quiet_to      bigint check (quiet_to between 0 and 1439),
    version       bigint not null check (version > 0),
    check ((quiet_from is null) = (quiet_to is null))
);

-- How many messages of a template a person still lets us send; WeChat has the last word.
create table wechat_subscriptions (
    account_id  uuid not null references accounts,
    template_id text not null,
    granted     bigint not null check (granted between 0 and 100),
    primary key (account_id, template_id)
);

-- Messages beside the inbox: each notification once a channel.
create table deliveries (
    id              uuid not null primary key,
    notification_id uuid not null references notifications,
    channel         text not null check (channel in ('wechat', 'sms')),
    state           text not null check (state in ('waiting', 'sent', 'failed', 'dropped')),
    -- When it is tried next; while it is being tried, when somebody else may.
    due_at          timestamptz not null,
    -- Tries that were begun.
    attempts        bigint not null check (attempts between 0 and 5),
    -- A word or the other side's code; no personal data.
    last_error      text,
    unique (notification_id, channel)
);

create index deliveries_due on deliveries (due_at) where state = 'waiting';
