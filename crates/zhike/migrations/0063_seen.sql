-- Who opened which customer on which day (C41): one row for a person, a customer and a day, however often.
CREATE TABLE customer_seen (
    customer_id UUID NOT NULL,
    day TEXT NOT NULL,
    user_id UUID NOT NULL,
    times BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (customer_id, day, user_id)
);
-- For what one person has read, and for what is old enough to go.
CREATE INDEX customer_seen_user ON customer_seen (user_id, day);
CREATE INDEX customer_seen_day ON customer_seen (day);
-- What was revealed on a day.
CREATE INDEX reveal_at ON reveal (at);
