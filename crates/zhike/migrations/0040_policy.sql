-- The company's regulations and the duties they make (R2-14.1, R2-9.1, R3-1.5, R3-2.1, R3-2.3).

create table policy (
    key TEXT not null primary key,
    adopted_at BIGINT not null,
    adopted_by UUID not null
);

create table policy_version (
    id UUID not null primary key,
    policy TEXT not null references policy (key),
    number BIGINT not null,
    state TEXT not null,
    -- The number of the version that this one changes.
    based_on BIGINT,
    -- The whole regulation as JSON; never changed once the version has been approved.
    definition TEXT not null,
    -- What the author changed: [{rule, params}].
    changes TEXT not null,
    note TEXT,
    author_id UUID not null,
    submitted_at BIGINT,
    approver_id UUID,
    decided_at BIGINT,
    reason TEXT,
    effective_on TEXT,
    effective_at BIGINT,
    superseded_at BIGINT,
    version BIGINT not null,
    created_at BIGINT not null,
    updated_at BIGINT not null
);
create unique index policy_version_number on policy_version (policy, number);
create index policy_version_state on policy_version (state, policy);

-- Since when each rule has been the company's, through all versions that have it.
create table policy_rule (
    policy TEXT not null,
    rule TEXT not null,
    since BIGINT not null,
    primary key (policy, rule)
);

-- Since when a customer has had its grade, where that changed after it was created.
create table customer_since (
    customer_id UUID not null primary key,
    since BIGINT not null
);

-- What somebody owes. The id is made from rule, subject and occurrence, so planning twice cannot make two.
create table duty (
    -- The customer it belongs to; all zeros for what belongs to none.
    customer_id UUID not null,
    id UUID not null,
    -- The version whose rule it is judged by.
    policy_version UUID not null,
    clause TEXT not null,
    rule TEXT not null,
    subject_id UUID not null,
    occurrence TEXT not null,
    owner_id UUID,
    deputy_id UUID,
    department_id UUID,
    state TEXT not null,
    -- Somebody may still act on it: open, paused, or a clock that ran out and can still be stopped.
    live BOOLEAN not null,
    opens_at BIGINT not null,
    act_at BIGINT,
    due_at BIGINT,
    -- The day that it is counted on: the last one on which it could be done.
    due_on TEXT,
    next_check_at BIGINT,
    provisional BOOLEAN not null,
    -- [[what, have, need]]
    progress TEXT,
    met_at BIGINT,
    margin BIGINT,
    closed_at BIGINT,
    postponed_until BIGINT,
    -- The rule's terms that are no column: counting from, due, act, warnings, need.
    plan TEXT not null,
    -- Pauses, waiver and cancellation, where there are any.
    decisions TEXT,
    version BIGINT not null,
    created_at BIGINT not null,
    primary key (customer_id, id)
);
create index duty_id on duty (id);
create index duty_check on duty (next_check_at) where next_check_at is not null;
create index duty_overdue on duty (owner_id, department_id) where live and state = 'missed';
create index duty_met on duty (owner_id, met_at) where met_at is not null;
-- From a number of compliance to the duties behind it.
create index duty_counted on duty (clause, due_on, state);
-- Lists are read along one of these. PostgreSQL must be told where empty values stand; SQLite has them first.
-- sqlite:
create index duty_due on duty (due_at, id);
create index duty_owner on duty (owner_id, due_at, id);
create index duty_state on duty (state, due_at, id);
-- postgres:
create index duty_due on duty (due_at nulls first, id);
create index duty_owner on duty (owner_id, due_at nulls first, id);
create index duty_state on duty (state, due_at nulls first, id);
-- both:

-- What happened to a duty after it was opened. Never changed.
create table duty_event (
    id UUID not null,
    customer_id UUID not null,
    duty_id UUID not null,
    kind TEXT not null,
    -- When it took effect, and when it was written down.
    at BIGINT not null,
    recorded_at BIGINT not null,
    actor_id UUID,
    reason TEXT,
    data TEXT not null,
    primary key (customer_id, duty_id, id)
);
create index duty_event_customer on duty_event (customer_id, at, id);

-- Warnings given and breaches told, each once for ever: `due` and every rung above it are the breaches. Never changed.
create table breach (
    customer_id UUID not null,
    duty_id UUID not null,
    -- warn-80, due, supervisor, department_head …
    step TEXT not null,
    -- 0 for warnings and for the due instant itself, then the rung.
    level BIGINT not null,
    -- The true instant, whenever it was found out.
    at BIGINT not null,
    recorded_at BIGINT not null,
    -- Who was told: ids separated by spaces.
    told TEXT not null,
    primary key (customer_id, duty_id, step)
);
-- sqlite:
create trigger duty_event_no_update before update on duty_event begin select raise(abort, 'the history of a duty is never changed'); end;
create trigger duty_event_no_delete before delete on duty_event begin select raise(abort, 'the history of a duty is never removed'); end;
create trigger breach_no_update before update on breach begin select raise(abort, 'breaches are never changed'); end;
create trigger breach_no_delete before delete on breach begin select raise(abort, 'breaches are never removed'); end;
-- postgres:
create function duty_history_refuse() returns trigger language plpgsql as
    'begin raise exception ''the history of duties is never changed or removed''; end';
create trigger duty_event_no_change before update or delete or truncate on duty_event
    for each statement execute function duty_history_refuse();
create trigger breach_no_change before update or delete or truncate on breach
    for each statement execute function duty_history_refuse();
-- both:

-- How many duties stand how, by the day they were due: written with every change of a duty, so that nobody ever counts
-- duties. Ids of all zeros stand for nobody.
create table duty_tally (
    day TEXT not null,
    clause TEXT not null,
    rule TEXT not null,
    department_id UUID not null,
    owner_id UUID not null,
    open BIGINT not null,
    met BIGINT not null,
    late BIGINT not null,
    missed BIGINT not null,
    waived BIGINT not null,
    primary key (day, clause, rule, department_id, owner_id)
);
create index duty_tally_owner on duty_tally (owner_id, day);

-- How far planning has come through the customers: one row per rule and period, and per run of planning anew.
create table plan_progress (
    key TEXT not null primary key,
    after_id UUID,
    done BOOLEAN not null,
    planned BIGINT not null,
    updated_at BIGINT not null
);
