-- Who may come in and what they may do: departments, people, roles, sessions, tokens (platform::access, people).
-- The table of users is called staff because "user" is reserved in PostgreSQL.

create table department (
    id UUID not null primary key,
    name TEXT not null,
    parent_id UUID references department (id),
    -- No foreign key: people refer to departments, and one of the two must come first.
    head_id UUID,
    -- The ids from the root to this department, "/a/b/": a subtree is what begins with it.
    path TEXT not null,
    position BIGINT not null,
    version BIGINT not null,
    created_at BIGINT not null,
    updated_at BIGINT not null
);
create index department_parent on department (parent_id);

create table post (
    id UUID not null primary key,
    name TEXT not null unique,
    position BIGINT not null,
    version BIGINT not null
);

create table staff (
    id UUID not null primary key,
    -- Lower case. Never given to anyone else, so people are deactivated and not deleted (C24).
    login TEXT not null unique,
    name TEXT not null,
    -- The name's pinyin, by which lists are sorted.
    name_key TEXT not null,
    department_id UUID references department (id),
    supervisor_id UUID references staff (id),
    post_id UUID references post (id),
    -- Argon2id in PHC form; null until the person has set one.
    password TEXT,
    must_change_password BOOLEAN not null,
    active BOOLEAN not null,
    locale TEXT,
    theme TEXT,
    totp BYTEA,
    -- A secret that was handed out and not yet proven by a first code.
    totp_pending BYTEA,
    -- The time step of the last code taken, so that none is taken twice.
    totp_step BIGINT,
    version BIGINT not null,
    created_at BIGINT not null,
    updated_at BIGINT not null
);
create index staff_name on staff (name_key, id);
create index staff_department on staff (department_id);
create index staff_supervisor on staff (supervisor_id);

create table role (
    id UUID not null primary key,
    -- Set for the roles that come with the product; the console translates their names.
    builtin TEXT unique,
    name TEXT not null unique,
    permissions TEXT not null,
    fields TEXT not null,
    version BIGINT not null,
    created_at BIGINT not null,
    updated_at BIGINT not null
);

create table staff_role (
    staff_id UUID not null references staff (id),
    role_id UUID not null references role (id),
    primary key (staff_id, role_id)
);
create index staff_role_role on staff_role (role_id);

create table absence (
    id UUID not null primary key,
    -- The absent person; named as in every table on whose rows permission is decided.
    owner_id UUID not null references staff (id),
    -- Civil days, both included.
    first_day TEXT not null,
    last_day TEXT not null,
    kind TEXT not null,
    deputy_id UUID references staff (id),
    -- The person's department when the absence was entered, so that permission is decided as for other records.
    department_id UUID,
    created_at BIGINT not null
);
create index absence_owner on absence (owner_id, last_day);

create table session (
    id UUID not null primary key,
    staff_id UUID not null references staff (id),
    token_hash BYTEA not null unique,
    created_at BIGINT not null,
    seen_at BIGINT not null,
    expires_at BIGINT not null,
    address TEXT,
    agent TEXT
);
create index session_staff on session (staff_id);
create index session_expires on session (expires_at);

create table api_token (
    id UUID not null primary key,
    staff_id UUID not null references staff (id),
    name TEXT not null,
    token_hash BYTEA not null unique,
    -- The last characters, by which people recognise it.
    hint TEXT not null,
    created_at BIGINT not null,
    expires_at BIGINT
);
create index api_token_staff on api_token (staff_id);

-- A browser from which a person has signed in before. Guesses from elsewhere cannot lock it out.
create table device (
    id UUID not null primary key,
    staff_id UUID not null references staff (id),
    token_hash BYTEA not null unique,
    seen_at BIGINT not null
);
create index device_staff on device (staff_id);

create table login_attempt (
    id UUID not null primary key,
    login TEXT not null,
    address TEXT not null,
    device_id UUID,
    at BIGINT not null,
    -- Written before the password is looked at and cleared by success, so that parallel guesses count too.
    failed BOOLEAN not null
);
create index login_attempt_login on login_attempt (login, at);
create index login_attempt_address on login_attempt (address, at);
create index login_attempt_at on login_attempt (at);

-- A link by which one person sets a password once: the first administrator, a new colleague, a forgotten password.
create table one_time_link (
    id UUID not null primary key,
    -- Null for the link of the first set-up.
    staff_id UUID references staff (id),
    token_hash BYTEA not null unique,
    expires_at BIGINT not null
);

create table share (
    entity TEXT not null,
    record_id UUID not null,
    user_id UUID not null references staff (id),
    level TEXT not null,
    primary key (entity, record_id, user_id)
);
create index share_user on share (user_id, entity);

-- One row. Whatever changes what anybody may do adds one; a principal resolved under another value is resolved anew.
create table access_epoch (
    id BIGINT not null primary key,
    value BIGINT not null
);
insert into access_epoch (id, value) values (1, 1);

create table idempotency (
    staff_id UUID not null,
    key TEXT not null,
    request_hash BYTEA not null,
    status BIGINT not null,
    body TEXT not null,
    version BIGINT,
    at BIGINT not null,
    primary key (staff_id, key)
);
create index idempotency_at on idempotency (at);
