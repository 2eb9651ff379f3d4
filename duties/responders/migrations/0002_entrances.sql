-- Wrong digits typed at the entrance by badge, since the last right ones or since it was opened again.
create table entrances (
  volunteer uuid primary key,
  wrong bigint not null,
  last_at bigint not null
);
