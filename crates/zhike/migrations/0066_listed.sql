-- About how many different customers stood in the lists that somebody was shown on a day: a sketch, which says how many
-- and not which (seen::sketch).
CREATE TABLE customer_listed (
    user_id UUID NOT NULL,
    day TEXT NOT NULL,
    sketch BYTEA NOT NULL,
    PRIMARY KEY (user_id, day)
);
CREATE INDEX customer_listed_day ON customer_listed (day);
