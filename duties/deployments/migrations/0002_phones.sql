-- The phones of sites, each with the running number of what was entered on it.
create table phones (
    device text primary key,
    district text not null,
    -- where it was last heard of, and who held it
    site uuid not null,
    holder uuid not null,
    -- the highest number it gave, and how many numbers it said it still holds unsent
    top bigint not null,
    holding bigint not null,
    -- how many lost numbers a chief has looked into already
    settled bigint not null default 0,
    heard_at bigint not null
);
create index phones_site on phones (site);

-- What phones entered, by phone and running number: the answer given the first time is given again.
create table phone_entries (
    device text not null,
    n bigint not null,
    district text not null,
    site uuid not null,
    kind text not null,
    fingerprint bytea not null,
    verdict text not null,
    received_at bigint not null,
    primary key (device, n)
);
