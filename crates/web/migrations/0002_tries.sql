-- Tries at secrets, for as long as they count. What is counted is kept as a blind index: neither logins nor addresses can
-- be read here.
create table tries (
  id uuid not null,
  counted bytea not null,
  at bigint not null,
  primary key (counted, at, id)
);
create index tries_at on tries (at);
create index tries_id on tries (id);
