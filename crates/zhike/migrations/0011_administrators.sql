-- Whether nobody is given two of the three duties of administrators (三员分立). A company from before this has no row, and
-- works as it did until it says otherwise.
CREATE TABLE administration (
    id BIGINT NOT NULL PRIMARY KEY,
    separated BOOLEAN NOT NULL
);
