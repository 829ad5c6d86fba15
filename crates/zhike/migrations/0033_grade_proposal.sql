-- Changes of grade that somebody proposes and somebody else decides (R3-2.1).
create table grade_proposal (
    customer_id UUID not null,
    id UUID not null,
    from_grade TEXT not null,
    to_grade TEXT not null,
    reason TEXT not null,
    proposer_id UUID not null,
    -- Whoever owes the decision; others who may approve can take it too.
    approver_id UUID not null,
    state TEXT not null,
    decided_by UUID,
    decided_at BIGINT,
    answer TEXT,
    version BIGINT not null,
    created_at BIGINT not null,
    updated_at BIGINT not null,
    primary key (customer_id, id)
);
create index grade_proposal_id on grade_proposal (id);
-- sqlite:
create index grade_proposal_created on grade_proposal (created_at, id);
create index grade_proposal_approver on grade_proposal (approver_id, state, created_at, id);
-- postgres:
create index grade_proposal_created on grade_proposal (created_at nulls first, id);
create index grade_proposal_approver on grade_proposal (approver_id, state, created_at nulls first, id);
-- both:
