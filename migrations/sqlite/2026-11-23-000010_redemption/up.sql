create table partners (
    id                         blob not null primary key,
    name                       text not null,
    kind                       text not null check (kind in ('enterprise', 'shop', 'department', 'goodwill_store')),
    unified_social_credit_code text unique,
    -- The venue whose managers look after it.
    venue_id                   blob not null references venues,
    address                    text,
    contact                    text,
    version                    integer not null check (version > 0),
    created_at                 integer not null
) strict;

create index partners_by_venue on partners (venue_id, id);

create table offers (
    id                 blob not null primary key,
    partner_id         blob not null references partners,
    title              text not null,
    description        text,
    category           text not null check (category in ('goods', 'service', 'courtesy')),
    points             integer not null check (points >= 0),
    stock              integer not null check (stock >= 0),
    stock_left         integer not null check (stock_left between 0 and stock),
    limit_per_person   integer check (limit_per_person > 0),
    -- The days in which the limit counts; null for ever.
    limit_days         integer check (limit_days > 0),
    voucher_days       integer not null check (voucher_days > 0),
    minimum_star_level integer not null check (minimum_star_level between 0 and 5),
    valid_from         integer,
    valid_to           integer check (valid_from < valid_to),
    -- JSON
    places             text not null,
    state              text not null check (state in ('draft', 'in_review', 'published', 'paused', 'ended')),
    return_reason      text,
    created_by         blob references accounts,
    created_at         integer not null,
    version            integer not null check (version > 0),
    check (points > 0 or (category = 'courtesy' and minimum_star_level > 0))
) strict;

create index offers_by_state on offers (state, id);
create index offers_by_partner on offers (partner_id, id);

-- One exchange of points for an offer; its voucher carries the same id.
create table redemptions (
    id            blob not null primary key,
    offer_id      blob not null references offers,
    partner_id    blob not null references partners,
    volunteer_id  blob not null references points_wallets,
    title         text not null,
    quantity      integer not null check (quantity > 0),
    points        integer not null check (points >= 0),
    state         text not null check (state in ('held', 'consumed', 'cancelled', 'expired', 'refunded')),
    -- Keyed hash of the voucher's code, to find it by.
    voucher_index blob not null unique,
    -- The code, sealed, for its owner.
    sealed_code   blob not null,
    expires_at    integer not null,
    created_at    integer not null,
    consumed_at   integer check ((consumed_at is not null) = (state in ('consumed', 'refunded'))),
    consumed_by   blob references accounts,
    ended_at      integer check ((ended_at is not null) = (state in ('cancelled', 'expired', 'refunded'))),
    reason        text,
    version       integer not null check (version > 0)
) strict;

create index redemptions_by_volunteer on redemptions (volunteer_id, id);
create index redemptions_by_limit on redemptions (volunteer_id, offer_id, created_at);
create index redemptions_by_partner on redemptions (partner_id, id);
create index redemptions_to_expire on redemptions (state, expires_at);
create index redemptions_consumed on redemptions (partner_id, consumed_at) where consumed_at is not null;
create index redemptions_refunded on redemptions (partner_id, state, ended_at);

-- A partner's account of one month, kept from the first confirmation on.
create table partner_statements (
    id                   blob not null primary key,
    partner_id           blob not null references partners,
    month                text not null,
    -- JSON: what each offer's vouchers came to.
    lines                text not null,
    ledger_points        integer not null,
    partner_confirmed_by blob references accounts,
    partner_confirmed_at integer,
    center_confirmed_by  blob references accounts,
    center_confirmed_at  integer,
    unique (partner_id, month)
) strict;
