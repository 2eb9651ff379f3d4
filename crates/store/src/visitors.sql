-- What a visitor sends holds a secret (a password, a badge's digits): none of it stays, and no visitor has a key any more.
delete from replies where actor_kind = 'visitor';
delete from conflicts where actor_kind = 'visitor' or first_kind = 'visitor';
