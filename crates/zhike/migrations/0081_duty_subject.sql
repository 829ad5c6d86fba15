-- Duties about records that are no customers are looked for by the record.

create index duty_subject on duty (subject_id) where subject_id <> customer_id;
