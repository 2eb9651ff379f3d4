-- The ground every duty stands on: journal, jobs, remembered replies.

create table journal (
    number bigint primary key,
    at bigint not null,
    actor_kind text not null,
    actor_id uuid not null,
    district text not null,
    jurisdiction text not null,
    kind text not null,
    subject uuid not null,
    details text not null,
    previous bytea not null,
    hash bytea not null
);
create index journal_district on journal (district, number);
create index journal_subject on journal (subject, number);

create table journal_head (
    one bigint primary key check (one = 1),
    number bigint not null,
    hash bytea not null
);

-- Changes with every restore: phones that see another epoch send again what the restored database may lack.
create table epoch (
    one bigint primary key check (one = 1),
    id uuid not null,
    since bigint not null
);

-- A job is pending until it is done (deleted) or given up (kept, with its reason).
create table jobs (
    id uuid primary key,
    kind text not null,
    key text not null,
    due bigint not null,
    body text not null,
    enqueued_at bigint not null,
    -- how often it was asked for: a job asked for again while it runs is run again
    asked bigint not null,
    attempts bigint not null,
    lease uuid,
    lease_until bigint,
    last_error text,
    given_up_at bigint
);
create unique index jobs_pending on jobs (kind, key) where given_up_at is null;
create index jobs_due on jobs (due) where given_up_at is null;

-- What was answered to a request with a key, so that the same request again gets the same answer.
create table replies (
    key uuid primary key,
    actor_kind text not null,
    actor_id uuid not null,
    fingerprint bytea not null,
    answer text not null,
    at bigint not null
);
create index replies_at on replies (at);

-- A used key with other content: kept for a person to decide, never dropped.
create table conflicts (
    id uuid primary key,
    key uuid not null,
    actor_kind text not null,
    actor_id uuid not null,
    fingerprint bytea not null,
    body bytea not null,
    at bigint not null,
    settled_at bigint
);
create unique index conflicts_once on conflicts (key, fingerprint);
create index conflicts_open on conflicts (at) where settled_at is null;
