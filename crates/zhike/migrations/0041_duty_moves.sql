-- The history of a duty goes where its customer goes, when two customers become one. Nothing else of it ever changes.
-- sqlite:
drop trigger duty_event_no_update;
drop trigger breach_no_update;
create trigger duty_event_no_update before update of id, duty_id, kind, at, recorded_at, actor_id, reason, data on duty_event
    begin select raise(abort, 'the history of a duty is never changed'); end;
create trigger breach_no_update before update of duty_id, step, level, at, recorded_at, told on breach
    begin select raise(abort, 'breaches are never changed'); end;
-- postgres:
drop trigger duty_event_no_change on duty_event;
drop trigger breach_no_change on breach;
create trigger duty_event_no_change before update of id, duty_id, kind, at, recorded_at, actor_id, reason, data
    or delete or truncate on duty_event for each statement execute function duty_history_refuse();
create trigger breach_no_change before update of duty_id, step, level, at, recorded_at, told
    or delete or truncate on breach for each statement execute function duty_history_refuse();
-- both:
