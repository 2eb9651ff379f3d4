-- Whoever said from when until when they can come, with all that is asked of them: a district of a million has a hundred
-- thousand, and the list of teams counts them without opening a person's row.
drop index volunteers_window;
create index volunteers_window on volunteers (team, available_from, available_until, left_at)
  where available_from is not null or available_until is not null;
