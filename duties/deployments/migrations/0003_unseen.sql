-- Changed assignments that nobody has tapped "seen": few among many, and counted whenever an order is looked at.
create index assignments_unseen on assignments (order_id)
    where ended_at is null and replaces is not null and acknowledged_at is null;
