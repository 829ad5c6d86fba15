-- Unusual reading and taking out (R2-7.1, R1-4.2).

-- How much of each kind somebody read or took out on a day, of the last weeks.
CREATE TABLE reading_day (
    user_id UUID NOT NULL,
    day TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (user_id, day, kind)
);
CREATE INDEX reading_day_day ON reading_day (day);

CREATE TABLE alarm (
    id UUID PRIMARY KEY,
    -- Whoever it is about, and where they worked then.
    owner_id UUID NOT NULL,
    department_id UUID,
    kind TEXT NOT NULL,
    -- The first and the last day on which it was so; the largest amount, and what would have been usual then.
    day TEXT NOT NULL,
    last_day TEXT NOT NULL,
    amount BIGINT NOT NULL,
    threshold BIGINT NOT NULL,
    usual BIGINT,
    state TEXT NOT NULL,
    raised_at BIGINT NOT NULL,
    answered_by UUID,
    answered_at BIGINT,
    answer TEXT,
    version BIGINT NOT NULL
);
CREATE INDEX alarm_raised ON alarm (raised_at, id);
CREATE INDEX alarm_owner ON alarm (owner_id, kind, last_day);

-- One row: from where on a day is unusual.
CREATE TABLE alarm_setting (
    id BIGINT NOT NULL PRIMARY KEY,
    opened BIGINT NOT NULL,
    revealed BIGINT NOT NULL,
    exported BIGINT NOT NULL,
    factor BIGINT NOT NULL,
    version BIGINT NOT NULL
);
