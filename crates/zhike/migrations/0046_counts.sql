-- What was counted or noted in bulk is counted and noted by the piece.

-- Items of a hand-over for single customers: what differs from what was said of all of them. It goes with its line.
create table handover_mark (
    customer_id UUID not null,
    line_id UUID not null,
    item TEXT not null,
    handover_id UUID not null,
    done BOOLEAN not null,
    at BIGINT not null,
    primary key (customer_id, line_id, item)
);
create index handover_mark_of on handover_mark (handover_id, item);
insert into handover_mark (customer_id, line_id, item, handover_id, done, at)
    select tick.customer_id, line.id, tick.item, tick.handover_id, true, tick.at from handover_tick tick
    join handover_customer line on line.customer_id = tick.customer_id and line.handover_id = tick.handover_id;
drop table handover_tick;
-- How many positions have been given out; those below the number that `done` has of an item are done.
alter table handover add column given BIGINT not null default 0;
-- {item: customers for whom it is done}
alter table handover add column ticked TEXT not null default '{}';
update handover set given =
    coalesce((select max(line.position) + 1 from handover_customer line where line.handover_id = handover.id), 0);
update handover set customers =
    (select count(distinct line.customer_id) from handover_customer line where line.handover_id = handover.id)
    where state = 'open';
-- sqlite:
update handover set ticked = (select json_group_object(item, customers) from
    (select mark.item, count(distinct mark.customer_id) customers from handover_mark mark
        where mark.handover_id = handover.id group by mark.item) counted);
-- postgres:
update handover set ticked = (select coalesce(jsonb_object_agg(item, customers), '{}')::text from
    (select mark.item, count(distinct mark.customer_id) customers from handover_mark mark
        where mark.handover_id = handover.id group by mark.item) counted);
-- both:

-- The job that lets a record go for good: one that ended before it was done is asked for again.
alter table bin_item add column purge_job UUID;

-- Relations move some at a time, as the rest does: which, is noted as for all rows; and how far it is.
-- sqlite:
insert into customer_moved (customer_id, merge_id, step, table_name, row_id)
    select merge.customer_id, merge.id, 0, 'relation', unhex(replace(given.value, '-', ''))
    from customer_merge merge, json_each(merge.relations) given;
-- postgres:
insert into customer_moved (customer_id, merge_id, step, table_name, row_id)
    select merge.customer_id, merge.id, 0, 'relation', given.value::uuid
    from customer_merge merge, jsonb_array_elements_text(merge.relations::jsonb) as given (value);
-- both:
alter table customer_merge drop column relations;
alter table customer_merge add column related_to UUID;

-- What a change of many wrote over goes when it can no longer be taken back.
alter table bulk_change add column tidied_at BIGINT;
