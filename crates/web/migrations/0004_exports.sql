-- Lists of people that leave as files: who asked, why, who agreed, and when it was taken.
create table exports (
  id uuid primary key,
  district text not null references districts (code),
  asker_kind text not null,
  asked_by uuid not null,
  list text not null,
  address text not null,
  format text not null,
  people bigint not null,
  why text not null,
  note bytea,
  asked_at bigint not null,
  decider_kind text,
  decided_by uuid,
  decision text,
  decided_at bigint,
  taken_at bigint
);
create index exports_of on exports (asked_by, asked_at);
create index exports_waiting on exports (district, asked_at) where decision is null and taken_at is null;
create index exports_at on exports (asked_at);
-- People shown in lists, their numbers masked: counted apart from looks at one person.
alter table looks add column listed bigint not null default 0;
