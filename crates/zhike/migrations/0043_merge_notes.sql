-- What a merge gave the one that stays is noted exactly, so that just that is taken back (R2-2.3).

-- [{user, before, after}]: whom it was shared with because the other one had been, and how far before and since.
-- sqlite:
UPDATE customer_merge SET shared =
    (SELECT json_group_array(json_object('user', value)) FROM json_each(customer_merge.shared));
-- postgres:
UPDATE customer_merge SET shared =
    (SELECT coalesce(jsonb_agg(jsonb_build_object('user', value)), '[]')::text
        FROM jsonb_array_elements_text(customer_merge.shared::jsonb) AS given (value));
-- both:
-- [{field, before, after}]: values of added fields that were written, and what stood there.
ALTER TABLE customer_merge RENAME COLUMN fields TO added_fields;
UPDATE customer_merge SET added_fields = '[]';
-- What the two were to each other: as long as they are one, nothing.
ALTER TABLE customer_merge ADD COLUMN set_aside TEXT NOT NULL DEFAULT '[]';
