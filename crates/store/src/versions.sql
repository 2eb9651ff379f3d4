-- What was asked under a key is kept with its answer, so that a person can lay two versions side by side and decide.

alter table replies add column path text;
alter table replies add column body bytea;

alter table conflicts add column district text;
alter table conflicts add column path text;
alter table conflicts add column first_kind text;
alter table conflicts add column first_id uuid;
alter table conflicts add column first_at bigint;
alter table conflicts add column first_path text;
alter table conflicts add column first_body bytea;
alter table conflicts add column decision text;
alter table conflicts add column decided_by uuid;

-- One row for each hour in which a server ran: age that no wrong clock can make.
create table lived (
    hour bigint primary key,
    at bigint not null
);
