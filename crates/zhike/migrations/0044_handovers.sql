-- Customers that change hands (交接): from whom, to whom, and what the receiver has to do about it.
create table handover (
    id UUID not null primary key,
    from_id UUID not null,
    to_id UUID not null,
    -- Where both stood then, so that whoever leads a department finds what concerns it.
    from_department_id UUID,
    to_department_id UUID,
    opened_by UUID not null,
    opened_at BIGINT not null,
    reason TEXT not null,
    state TEXT not null,
    -- The checklist as it was then: [{key, zh, en, each}], and which of its items are done: {key: {by, at}}.
    items TEXT not null,
    done TEXT not null,
    customers BIGINT not null,
    giver_note TEXT,
    receiver_note TEXT,
    closed_at BIGINT,
    version BIGINT not null
);
-- sqlite:
create index handover_to on handover (to_id, opened_at, id);
create index handover_from on handover (from_id, opened_at, id);
create index handover_opened on handover (opened_at, id);
-- postgres:
create index handover_to on handover (to_id, opened_at nulls first, id);
create index handover_from on handover (from_id, opened_at nulls first, id);
create index handover_opened on handover (opened_at nulls first, id);
-- both:

create table handover_customer (
    customer_id UUID not null,
    id UUID not null,
    handover_id UUID not null,
    position BIGINT not null,
    primary key (customer_id, id)
);
-- sqlite:
create index handover_customer_of on handover_customer (handover_id, position, id);
-- postgres:
create index handover_customer_of on handover_customer (handover_id, position nulls first, id);
-- both:

-- Items that are done for each customer.
create table handover_tick (
    customer_id UUID not null,
    handover_id UUID not null,
    item TEXT not null,
    at BIGINT not null,
    primary key (customer_id, handover_id, item)
);
create index handover_tick_of on handover_tick (handover_id, item);

-- What the company wants done when customers change hands; one row, once somebody has changed it.
create table handover_template (
    id BIGINT not null primary key,
    items TEXT not null,
    version BIGINT not null,
    updated_at BIGINT not null
);
