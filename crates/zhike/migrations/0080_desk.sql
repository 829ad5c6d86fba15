-- The service desk: cases, what was said and done about each, and task forces (R2-12, R3-4).

create table desk_counter (
    year BIGINT not null primary key,
    last BIGINT not null
);

-- Owned by the customer, hence the key; a case of somebody who is not known yet has an id of all zeros there, as duties do.
create table desk_case (
    customer_id UUID not null,
    id UUID not null,
    number TEXT not null,
    -- What the customer asks after it by; drawn, so that nobody can guess another's.
    tracking TEXT not null,
    kind TEXT not null,
    level BIGINT not null,
    channel TEXT not null,
    state TEXT not null,
    -- Somebody still owes something.
    open BOOLEAN not null,
    product TEXT,
    subject TEXT not null,
    content TEXT not null,
    contact_id UUID,
    -- Who reached us, as they said, until it is known who they are.
    caller TEXT,
    caller_phone BYTEA,
    caller_email BYTEA,
    -- Who is responsible, and the responsible department: permission is decided by them as for other records.
    owner_id UUID,
    department_id UUID,
    opened_by UUID not null,
    received_at BIGINT not null,
    answered_at BIGINT,
    taken_up_at BIGINT,
    waiting_at BIGINT,
    force_called_at BIGINT,
    force_formed_at BIGINT,
    solution_at BIGINT,
    solved_at BIGINT,
    -- What was found and done, as the customer is told.
    result TEXT,
    told_at BIGINT,
    confirmed_at BIGINT,
    -- Tries to reach the customer since it was solved, and the latest of them.
    tries BIGINT not null,
    tried_at BIGINT,
    thanked_at BIGINT,
    closed_at BIGINT,
    -- The case that this one became part of.
    merged_into UUID,
    -- 1, and one more each time it is opened again.
    cycle BIGINT not null,
    -- The number of the latest entry.
    entries BIGINT not null,
    version BIGINT not null,
    created_at BIGINT not null,
    updated_at BIGINT not null,
    deleted_at BIGINT,
    primary key (customer_id, id)
);
create index desk_case_id on desk_case (id);
create index desk_case_number on desk_case (number);
create index desk_case_tracking on desk_case (tracking);
-- Lists are read along one of these. PostgreSQL must be told where empty values stand; SQLite has them first.
-- sqlite:
create index desk_case_received on desk_case (received_at, id) where deleted_at is null;
create index desk_case_open on desk_case (received_at, id) where deleted_at is null and open;
create index desk_case_owner on desk_case (owner_id, open, received_at, id) where deleted_at is null;
create index desk_case_department on desk_case (department_id, open, received_at, id) where deleted_at is null;
create index desk_case_customer on desk_case (customer_id, received_at, id) where deleted_at is null;
create index desk_case_closed on desk_case (closed_at, id) where deleted_at is null;
-- postgres:
create index desk_case_received on desk_case (received_at nulls first, id) where deleted_at is null;
create index desk_case_open on desk_case (received_at nulls first, id) where deleted_at is null and open;
create index desk_case_owner on desk_case (owner_id, open, received_at nulls first, id) where deleted_at is null;
create index desk_case_department on desk_case (department_id, open, received_at nulls first, id) where deleted_at is null;
create index desk_case_customer on desk_case (customer_id, received_at nulls first, id) where deleted_at is null;
create index desk_case_closed on desk_case (closed_at nulls first, id) where deleted_at is null;
-- both:

-- What was said and done, in order. Only ever added to.
create table desk_entry (
    customer_id UUID not null,
    case_id UUID not null,
    seq BIGINT not null,
    id UUID not null,
    step TEXT not null,
    -- When it happened, and when it was written down.
    at BIGINT not null,
    recorded_at BIGINT not null,
    actor_id UUID,
    channel TEXT,
    outcome TEXT,
    content TEXT,
    -- The contact who wrote it; another case that it is about.
    contact_id UUID,
    other_id UUID,
    -- What became what: {"level": {"from": 3, "to": 1}}.
    changed TEXT,
    primary key (customer_id, case_id, seq)
);

-- Who was called into the task force of an urgent case, and when they came (R3-4.2).
create table desk_member (
    customer_id UUID not null,
    case_id UUID not null,
    staff_id UUID not null,
    called_at BIGINT not null,
    acknowledged_at BIGINT,
    joined_at BIGINT,
    primary key (customer_id, case_id, staff_id)
);
