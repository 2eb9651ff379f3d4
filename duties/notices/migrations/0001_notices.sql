-- The outbox: one row per person, channel and version. The unique index is what keeps anything from being sent twice.
create table notices (
  id uuid primary key,
  district text not null,
  about uuid not null,
  version bigint not null,
  template text not null,
  person uuid not null,
  channel text not null,
  address bytea,
  body bytea not null,
  state text not null,
  tries bigint not null,
  made_at bigint not null,
  sent_at bigint,
  seen_at bigint,
  ended_at bigint,
  reason text
);
create unique index notices_once on notices (about, person, channel, template, version);
create index notices_waiting on notices (channel, state, id);
create index notices_person on notices (person, id);
create index notices_state on notices (district, about, channel, state);
