-- One change for many customers: who asked for what, and what became of each of them.
create table bulk_change (
    id UUID not null primary key,
    asked_by UUID not null,
    -- What is to be done, and with which customers: ids, or the filter of a list. Those that came after created_at are
    -- not among them.
    act TEXT not null,
    selection TEXT not null,
    state TEXT not null,
    -- Where gathering goes on.
    cursor TEXT,
    job_id UUID,
    found BIGINT not null,
    changed BIGINT not null,
    already BIGINT not null,
    refused BIGINT not null,
    undone BIGINT not null,
    kept BIGINT not null,
    created_at BIGINT not null,
    finished_at BIGINT,
    undone_at BIGINT
);
-- sqlite:
create index bulk_change_asker on bulk_change (asked_by, created_at, id);
-- postgres:
create index bulk_change_asker on bulk_change (asked_by, created_at nulls first, id);
-- both:

create table bulk_row (
    customer_id UUID not null,
    id UUID not null,
    bulk_id UUID not null,
    position BIGINT not null,
    state TEXT not null,
    -- Why it was refused, or stays as it is.
    code TEXT,
    -- What was written over, and what was written: {field: value}. Empty where nothing was.
    before TEXT,
    after TEXT,
    primary key (customer_id, id)
);
create index bulk_row_customer on bulk_row (customer_id, bulk_id);
-- sqlite:
create index bulk_row_state on bulk_row (bulk_id, state, position, id);
create index bulk_row_position on bulk_row (bulk_id, position, id);
-- postgres:
create index bulk_row_state on bulk_row (bulk_id, state, position nulls first, id);
create index bulk_row_position on bulk_row (bulk_id, position nulls first, id);
-- both:

-- The recycle bin: what was removed, by whom and when. The record itself stays where it was, out of sight, until it is
-- restored or removed for good.
create table bin_item (
    -- The record that was removed.
    id UUID not null primary key,
    kind TEXT not null,
    -- The customer that it hangs on; a removed customer hangs on none.
    customer_id UUID,
    title TEXT not null,
    owner_id UUID,
    department_id UUID,
    removed_at BIGINT not null,
    removed_by UUID,
    -- Somebody decided that it goes before its time.
    purge_by UUID,
    purge_reason TEXT
);
create index bin_item_customer on bin_item (customer_id) where customer_id is not null;
-- sqlite:
create index bin_item_removed on bin_item (removed_at, id);
-- postgres:
create index bin_item_removed on bin_item (removed_at nulls first, id);
-- both:

-- Contacts that were removed: their rows as they stood, and what stood in added fields.
create table removed_contact (
    customer_id UUID not null,
    id UUID not null,
    content TEXT not null,
    primary key (customer_id, id)
);

-- For so many days what was removed can be restored.
alter table setting add column bin_days BIGINT not null default 30;
