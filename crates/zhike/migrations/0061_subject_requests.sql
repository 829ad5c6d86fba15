-- What people ask of the company about their own information (R4-5, R2-7.1): copy, correct, delete, restrict, withdraw.

create table subject_request (
    customer_id UUID not null,
    id UUID not null,
    -- What people call it by: GR-2026-000001.
    number TEXT not null,
    -- Nothing: the customer itself, who is a person.
    contact_id UUID,
    kind TEXT not null,
    state TEXT not null,
    -- Who asked: the person, a guardian, an agent.
    asker TEXT not null,
    channel TEXT not null,
    content TEXT not null,
    received_at BIGINT not null,
    -- Whoever owes the answer.
    handler_id UUID not null,
    -- How it was checked that they are who they say.
    identity TEXT,
    identity_note TEXT,
    identity_by UUID,
    identity_at BIGINT,
    -- What was answered; for a refusal, why.
    answer TEXT,
    answered_by UUID,
    answered_at BIGINT,
    version BIGINT not null,
    created_by UUID not null,
    created_at BIGINT not null,
    updated_at BIGINT not null,
    primary key (customer_id, id)
);
create index subject_request_id on subject_request (id);
-- sqlite:
create index subject_request_received on subject_request (received_at, id);
create index subject_request_handler on subject_request (handler_id, state, received_at, id);
-- postgres:
create index subject_request_received on subject_request (received_at nulls first, id);
create index subject_request_handler on subject_request (handler_id, state, received_at nulls first, id);
-- both:

-- The last number given out in a year.
create table subject_request_counter (
    year BIGINT not null primary key,
    last BIGINT not null
);

-- 受限: kept and protected, and nothing else is done with it. A customer who is restricted is out of sight like a removed
-- one; a contact who is keeps no digest by which they could be found.
alter table customer add column restricted_at BIGINT;
alter table contact add column restricted_at BIGINT;
