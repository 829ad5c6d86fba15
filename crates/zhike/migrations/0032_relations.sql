-- How customers are organised and belong together (R3-1.1, R3-1.2), and how the quarterly round came out (R3-1.5).

-- A department in the organisation chart of a customer.
create table chart_unit (
    customer_id UUID not null,
    id UUID not null,
    parent_id UUID,
    name TEXT not null,
    -- Place among the departments beside it.
    position BIGINT not null,
    version BIGINT not null,
    created_at BIGINT not null,
    updated_at BIGINT not null,
    primary key (customer_id, id)
);

-- Where a contact stands in the chart, and how they stand to us.
alter table contact add column unit_id UUID;
alter table contact add column reports_to UUID;
alter table contact add column attitude TEXT;
alter table contact add column influence TEXT;
-- 请勿联系: since when, said by whom, why.
alter table contact add column no_contact_at BIGINT;
alter table contact add column no_contact_by UUID;
alter table contact add column no_contact_why TEXT;
-- Who changed companies is a contact of both customers, each with the other's place.
alter table contact add column moved_to_customer UUID;
alter table contact add column moved_to_contact UUID;
alter table contact add column moved_from_customer UUID;
alter table contact add column moved_from_contact UUID;

-- What another customer is to this one (集团, 子公司, 供应商 …). Each relation is two rows with one id, one from either
-- side, so that it is read at whichever customer one stands.
create table relation (
    customer_id UUID not null,
    id UUID not null,
    other_id UUID not null,
    kind TEXT not null,
    note TEXT,
    created_by UUID not null,
    created_at BIGINT not null,
    primary key (customer_id, id)
);
-- sqlite:
create index relation_kind on relation (customer_id, kind, created_at, id);
-- postgres:
create index relation_kind on relation (customer_id, kind, created_at nulls first, id);
-- both:
create index relation_other on relation (customer_id, other_id, kind);

-- How fields were answered in the rounds of a quarter: written with every verification, so that nobody counts rounds.
create table verification_tally (
    -- The first day of the quarter.
    quarter TEXT not null,
    -- The customer's department, and who asked. All zeros stand for none.
    department_id UUID not null,
    actor UUID not null,
    rounds BIGINT not null,
    confirmed BIGINT not null,
    changed BIGINT not null,
    unreachable BIGINT not null,
    primary key (quarter, department_id, actor)
);
