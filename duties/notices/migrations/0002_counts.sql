-- How many notices stand where. They change in the change that changes what they count, so a page never counts notices.
create table notice_counts (
  about uuid not null,
  channel text not null,
  state text not null,
  district text not null,
  notices bigint not null,
  primary key (about, channel, state)
);
insert into notice_counts (about, channel, state, district, notices)
  select about, channel, state, min(district), count(*) from notices group by about, channel, state;
