-- The outbox: one row per person, channel and version. The unique index is what keeps anything from being queued twice.
create table notices (
  id uuid primary key,
  district text not null,
  about uuid not null,
  version bigint not null,
  template text not null,
  -- Who is told; for a group chat, a number made of the robot's name.
  person uuid not null,
  channel text not null,
  locale text not null,
  address bytea,
  body bytea not null,
  state text not null,
  tries bigint not null,
  made_at bigint not null,
  -- When it may be tried (again).
  next_at bigint,
  sent_at bigint,
  seen_at bigint,
  given_up_at bigint,
  reason bytea
);
create unique index notices_once on notices (about, person, channel, template, version);
create index notices_waiting on notices (channel, next_at, id) where next_at is not null;
create index notices_person on notices (person, id);
create index notices_state on notices (district, state, channel);
create index notices_about on notices (about, channel, state);
create index notices_given_up on notices (district, id) where given_up_at is not null;

-- What was announced, by whom, to how many.
create table announcements (
  id uuid primary key,
  district text not null,
  site uuid,
  role text,
  body bytea not null,
  actor_kind text not null,
  actor_id uuid not null,
  told bigint not null,
  made_at bigint not null
);
create index announcements_latest on announcements (district, id);
create index announcements_site on announcements (site, id);
