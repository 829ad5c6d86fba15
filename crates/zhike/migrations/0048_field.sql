-- A file that stands in a field which the company has added is listed by the field alone.
alter table attachment add column field BIGINT;

-- Where a company is, so that whoever is on the road finds who is near. Degrees in hundred-thousandths (WGS 84); the
-- cell is the square of a hundredth of a degree in which it lies. Of customers who are persons none is kept.
create table customer_place (
    customer_id UUID not null primary key,
    lat BIGINT not null,
    lon BIGINT not null,
    cell BIGINT not null,
    -- Metres, as the device that measured it said.
    accuracy BIGINT,
    how TEXT not null,
    set_by UUID not null,
    set_at BIGINT not null
);
-- sqlite:
create index customer_place_cell on customer_place (cell, customer_id);
-- postgres:
create index customer_place_cell on customer_place (cell nulls first, customer_id);
-- both:

-- On what basis the people of a sheet are entered (PIPL 13): {basis, channel, proof}.
alter table customer_import add column basis TEXT;
