-- Contact work: what was said with customers, and what is to be done next (R3-2.3, R3-T2).

-- Owned by the customer, hence the key. Rows are withdrawn (deleted_at), never removed.
create table interaction (
    customer_id UUID not null,
    id UUID not null,
    kind TEXT not null,
    -- When it took place, and when it was written down.
    at BIGINT not null,
    recorded_at BIGINT not null,
    late BOOLEAN not null,
    actor_id UUID not null,
    contact_id UUID,
    content TEXT not null,
    feedback TEXT,
    next_plan TEXT,
    next_at BIGINT,
    duty_id UUID,
    todo_id UUID,
    -- The customer's grade and department when it was recorded: coverage is counted by them.
    grade TEXT not null,
    department_id UUID,
    version BIGINT not null,
    updated_at BIGINT not null,
    deleted_at BIGINT,
    primary key (customer_id, id)
);
-- Lists are read along one of these. PostgreSQL must be told where empty values stand; SQLite has them first.
-- sqlite:
create index interaction_customer on interaction (customer_id, at, id) where deleted_at is null;
create index interaction_at on interaction (at, id) where deleted_at is null;
create index interaction_actor on interaction (actor_id, at, id) where deleted_at is null;
-- postgres:
create index interaction_customer on interaction (customer_id, at nulls first, id) where deleted_at is null;
create index interaction_at on interaction (at nulls first, id) where deleted_at is null;
create index interaction_actor on interaction (actor_id, at nulls first, id) where deleted_at is null;
-- both:
create index interaction_coverage on interaction (department_id, at, grade, customer_id) where deleted_at is null;

create table todo (
    id UUID not null primary key,
    title TEXT not null,
    customer_id UUID,
    -- The contact whose next plan it is.
    interaction_id UUID,
    owner_id UUID not null,
    -- The owner's department, so that permission is decided as for other records.
    department_id UUID,
    created_by UUID not null,
    priority TEXT not null,
    due_at BIGINT,
    remind_at BIGINT,
    done BOOLEAN not null,
    done_at BIGINT,
    done_by UUID,
    version BIGINT not null,
    created_at BIGINT not null,
    updated_at BIGINT not null,
    deleted_at BIGINT
);
-- sqlite:
create index todo_owner on todo (owner_id, done, due_at, id) where deleted_at is null;
create index todo_department on todo (department_id, done, due_at, id) where deleted_at is null;
create index todo_creator on todo (created_by, created_at, id) where deleted_at is null;
create index todo_customer on todo (customer_id, created_at, id) where deleted_at is null;
-- postgres:
create index todo_owner on todo (owner_id, done, due_at nulls first, id) where deleted_at is null;
create index todo_department on todo (department_id, done, due_at nulls first, id) where deleted_at is null;
create index todo_creator on todo (created_by, created_at nulls first, id) where deleted_at is null;
create index todo_customer on todo (customer_id, created_at nulls first, id) where deleted_at is null;
-- both:
