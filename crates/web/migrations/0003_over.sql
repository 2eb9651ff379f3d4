-- The page of accounts lists the tokens among the sessions of everybody.
create index sessions_tokens on sessions (district, started_at) where actor_kind = 'device';
-- What is over is found to be taken away.
create index sessions_expire on sessions (expires_at);
create index doors_expire on doors (expires_at);
create index doors_withdrawn on doors (withdrawn_at);
-- How many people somebody has looked at, by the hour.
create table looks (
  actor uuid not null,
  hour bigint not null,
  people bigint not null,
  primary key (actor, hour)
);
