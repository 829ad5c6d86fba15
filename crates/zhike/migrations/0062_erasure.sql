-- Erasure (R4-5, PIPL 47): who is being erased and who was, and what must give way for it.

create table erasure (
    id UUID not null primary key,
    customer_id UUID not null,
    -- Nothing: the customer itself, who is a person.
    contact_id UUID,
    -- All zeros where no request asked for it: a restored backup had brought somebody back.
    request_id UUID not null,
    -- {rows: [[customer, contact]], near: [customer]}: where the person was on record, and customers near them.
    records TEXT not null,
    -- What is looked for in free text, sealed; gone with the person.
    words BYTEA,
    -- Contents of files that are still to be removed: [digest].
    files TEXT not null,
    asked_by UUID not null,
    asked_at BIGINT not null,
    done_at BIGINT
);
create index erasure_under_way on erasure (asked_at) where done_at is null;
create index erasure_customer on erasure (customer_id);

-- What an entry of the audit tells can be erased, once and for good, and the chain stays whole: it is made of digests.
alter table audit add column salt BYTEA;
alter table audit add column changes_digest BYTEA;
alter table audit add column erased_at BIGINT;
-- sqlite:
drop trigger audit_no_update;
create trigger audit_no_update before update on audit
    when not (new.changes = '{}' and new.salt is null and new.erased_at is not null and old.erased_at is null
        and new.seq is old.seq and new.id is old.id and new.at is old.at and new.actor is old.actor
        and new.actor_name is old.actor_name and new.session is old.session and new.ip is old.ip
        and new.request_id is old.request_id and new.action is old.action and new.entity is old.entity
        and new.entity_id is old.entity_id and new.customer_id is old.customer_id
        and new.changes_digest is old.changes_digest and new.prev_hash is old.prev_hash and new.hash is old.hash)
    begin select raise(abort, 'audit entries are never changed'); end;
-- postgres:
drop trigger audit_no_change on audit;
create trigger audit_no_change before update of seq, id, at, actor, actor_name, session, ip, request_id, action, entity,
    entity_id, customer_id, changes_digest, prev_hash, hash or delete or truncate on audit
    for each statement execute function audit_refuse();
create function audit_refuse_but_erasure() returns trigger language plpgsql as
    'begin if new.changes <> ''{}'' or new.salt is not null or new.erased_at is null or old.erased_at is not null then
        raise exception ''audit entries are never changed or removed''; end if; return new; end';
create trigger audit_only_erased before update of changes, salt, erased_at on audit
    for each row execute function audit_refuse_but_erasure();
-- both:

-- Why somebody paused or waived a duty is free text; it may be emptied, and nothing else of a duty's history changes.
-- sqlite:
drop trigger duty_event_no_update;
create trigger duty_event_no_update before update of id, duty_id, kind, at, recorded_at, actor_id, data on duty_event
    begin select raise(abort, 'the history of a duty is never changed'); end;
create trigger duty_event_reason before update of reason on duty_event when new.reason is not null
    begin select raise(abort, 'the history of a duty is never changed'); end;
-- postgres:
drop trigger duty_event_no_change on duty_event;
create trigger duty_event_no_change before update of id, duty_id, kind, at, recorded_at, actor_id, data
    or delete or truncate on duty_event for each statement execute function duty_history_refuse();
create function duty_reason_refuse() returns trigger language plpgsql as
    'begin if new.reason is not null then raise exception ''the history of duties is never changed or removed''; end if;
        return new; end';
create trigger duty_event_reason before update of reason on duty_event
    for each row execute function duty_reason_refuse();
-- both:
