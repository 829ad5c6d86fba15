-- Consent (R4-5): what personal information is used for, in which words people are asked, and what each has answered.

create table consent_purpose (
    key TEXT not null primary key,
    zh TEXT not null,
    en TEXT not null,
    -- The words in which people are asked. Each change of them is a version, kept in consent_notice.
    notice TEXT not null,
    notice_version BIGINT not null,
    -- The person is contacted for it, so 请勿联系 forbids it too.
    contacts BOOLEAN not null,
    -- The law asks for a consent of its own, 单独同意, whatever else was agreed to.
    separate BOOLEAN not null,
    position BIGINT not null,
    retired_at BIGINT,
    version BIGINT not null,
    updated_at BIGINT not null
);

create table consent_notice (
    purpose TEXT not null,
    notice_version BIGINT not null,
    notice TEXT not null,
    -- Nothing: it came with the product.
    written_by UUID,
    written_at BIGINT,
    primary key (purpose, notice_version)
);

insert into consent_purpose
    (key, zh, en, notice, notice_version, contacts, separate, position, retired_at, version, updated_at)
values
    ('marketing', '营销推广', 'Marketing',
        '我们会用您的姓名和联系方式，向您介绍产品、活动和优惠。您可以随时告诉我们不再接收。', 1, true, false, 1, null, 1, 0),
    ('return_visit', '回访与满意度调查', 'Return visits and surveys',
        '我们会用您的姓名和联系方式，回访服务情况并征求您的意见。您可以随时告诉我们不再回访。', 1, true, false, 2, null, 1, 0),
    ('third_party', '向第三方提供', 'Passing on to third parties',
        '我们会把您的姓名和联系方式提供给为您供货、安装或维修的合作方，仅用于完成这些服务。合作方的名称和联系方式可向我们索取。', 1, false, true, 3, null, 1, 0),
    ('sensitive', '处理敏感个人信息', 'Handling sensitive information',
        '为核实身份或签订合同，我们需要您的证件号码等敏感个人信息。信息加密保存，只有经办人在说明理由后才能查看。', 1, false, true, 4, null, 1, 0);
insert into consent_notice (purpose, notice_version, notice, written_by, written_at)
    select key, 1, notice, null, null from consent_purpose;

-- What somebody answered. Rows are added and never changed: the latest of a person and purpose is what holds.
create table consent (
    customer_id UUID not null,
    id UUID not null,
    -- Nothing: the customer itself, who is a person.
    contact_id UUID,
    purpose TEXT not null,
    decision TEXT not null,
    basis TEXT not null,
    notice_version BIGINT not null,
    channel TEXT not null,
    proof TEXT,
    at BIGINT not null,
    recorded_at BIGINT not null,
    recorded_by UUID not null,
    primary key (customer_id, id)
);
create index consent_contact on consent (customer_id, contact_id, purpose, at);
