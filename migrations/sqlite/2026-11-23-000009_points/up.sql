-- What a person has: the sums of the person's entries, kept so that a spend locks one row and reads no history.
create table points_wallets (
    owner_id  blob not null primary key references volunteers,
    -- What expires falls back to this center.
    center_id blob not null references venues,
    available integer not null check (available >= 0),
    held      integer not null check (held >= 0),
    owed      integer not null check (owed >= 0),
    -- Minutes served that have not made a point yet.
    carried   integer not null check (carried >= 0),
    -- How many transactions it has had.
    version   integer not null check (version >= 0)
) strict, without rowid;

-- The part of a wallet that expires at one moment.
create table points_lots (
    owner_id   blob not null references points_wallets,
    expires_at integer not null,
    available  integer not null check (available >= 0),
    held       integer not null check (held >= 0),
    primary key (owner_id, expires_at)
) strict, without rowid;

create index points_lots_to_expire on points_lots (expires_at, owner_id) where available > 0;

create table points_transactions (
    id              blob not null primary key,
    kind            text not null check (kind in ('earn', 'hold', 'release', 'consume', 'refund', 'expire', 'adjust', 'reverse')),
    source_kind     text not null check (source_kind in ('service_record', 'redemption', 'adjustment', 'points_transaction', 'expiry')),
    source_id       blob not null,
    owner_id        blob not null references points_wallets,
    -- What the wallet's available points changed by, and were after it.
    points          integer not null,
    available_after integer not null check (available_after >= 0),
    -- Its place in the wallet's history.
    sequence        integer not null check (sequence > 0),
    reverses_id     blob unique references points_transactions,
    memo            text not null,
    posted_at       integer not null,
    unique (source_id, kind),
    unique (owner_id, sequence),
    check ((kind = 'reverse') = (reverses_id is not null))
) strict;

create index points_transactions_by_time on points_transactions (posted_at, id);

create table points_entries (
    transaction_id blob not null references points_transactions,
    line           integer not null,
    owner_kind     text not null check (owner_kind in ('volunteer', 'center', 'partner')),
    owner_id       blob not null,
    purse          text not null check (purse in ('available', 'held', 'owed', 'issued', 'expired', 'redeemed')),
    -- The lot, where the account lies in lots.
    expires_at     integer check ((expires_at is not null) = (purse in ('available', 'held'))),
    points         integer not null check (points <> 0),
    posted_at      integer not null,
    primary key (transaction_id, line)
) strict, without rowid;

create index points_entries_by_account on points_entries (owner_id, purse, posted_at);

create trigger points_transactions_stay_as_written before update on points_transactions
begin select raise(abort, 'points_transactions is append-only'); end;

create trigger points_transactions_stay before delete on points_transactions
begin select raise(abort, 'points_transactions is append-only'); end;

create trigger points_entries_stay_as_written before update on points_entries
begin select raise(abort, 'points_entries is append-only'); end;

create trigger points_entries_stay before delete on points_entries
begin select raise(abort, 'points_entries is append-only'); end;

-- One version of a center's rules for earning points.
create table earning_rules (
    id          blob not null primary key,
    center_id   blob not null references venues,
    title       text not null,
    state       text not null check (state in ('draft', 'active', 'ended')),
    -- JSON: the rules in their order.
    rules       text not null,
    day_cap     integer check (day_cap > 0),
    month_cap   integer check (month_cap > 0),
    created_by  blob references accounts,
    created_at  integer not null,
    active_from integer,
    active_to   integer,
    version     integer not null check (version > 0)
) strict;

create unique index earning_rules_in_force on earning_rules (center_id) where state = 'active';
create index earning_rules_by_center on earning_rules (center_id, id);

-- What each verified service record earned, with what the rules saw of it: a draft is simulated on these.
create table points_credits (
    record_id      blob not null primary key,
    volunteer_id   blob not null references points_wallets,
    center_id      blob not null references venues,
    -- Null where the center had no rules of its own.
    rules_id       blob references earning_rules,
    activity_kind  text not null,
    category       text,
    position_name  text not null,
    promotion_day  integer not null check (promotion_day in (0, 1)),
    star_level     integer not null check (star_level between 0 and 5),
    measured       integer not null check (measured in (0, 1)),
    served_on      text not null,
    minutes        integer not null check (minutes >= 0),
    points         integer not null check (points >= 0),
    -- How many more minutes were carried over after it than before.
    carried_change integer not null,
    -- Null where it made no whole point.
    transaction_id blob unique references points_transactions,
    reversed_at    integer
) strict;

create index points_credits_by_day on points_credits (volunteer_id, served_on);
create index points_credits_by_center on points_credits (center_id, served_on, record_id);

create table points_adjustments (
    id           blob not null primary key,
    volunteer_id blob not null references volunteers,
    -- The center that gives or takes.
    center_id    blob not null references venues,
    points       integer not null check (points <> 0),
    reason       text not null,
    state        text not null check (state in ('pending', 'posted', 'declined')),
    asked_by     blob references accounts,
    asked_at     integer not null,
    decided_by   blob references accounts,
    decided_at   integer,
    check (asked_by <> decided_by or state <> 'posted')
) strict;

create index points_adjustments_by_center on points_adjustments (center_id, state, id);

-- Who was told of points that expire, so that each is told once.
create table points_notices (
    owner_id   blob not null references points_wallets,
    expires_at integer not null,
    days       integer not null check (days > 0),
    primary key (owner_id, expires_at, days)
) strict, without rowid;
