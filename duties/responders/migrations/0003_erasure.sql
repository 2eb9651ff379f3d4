-- Who has left, and of whom nothing is known any more but the code and what they did.
alter table volunteers add column erased_at bigint;
create index volunteers_left on volunteers (district, left_at) where left_at is not null and erased_at is null;
