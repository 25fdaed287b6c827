-- Each duty of the plan's part on safeguards, and what was done for it: documents, the latest of them, how far it is. A duty without a
-- document says so.
with latest as (
    select
        *,
        count(*) over (partition by duty_code) as documents,
        min(issued_on) over (partition by duty_code) as first_issued_on
    from {{ ref('stg_safeguard') }}
    qualify row_number() over (partition by duty_code order by issued_on desc, document_no desc) = 1
),

shown as (
    select
        link.source_code as duty_code,
        {{ joined_distinct("coalesce(kind.shown_in, link.target_code)") }} as shown_in
    from {{ ref('plan_link') }} as link
    inner join {{ ref('plan_link_kind') }} as kind on link.target_kind = kind.target_kind
    where link.target_kind not in ('duty', 'dataset')
    group by link.source_code
)

select
    duty.duty_code,
    statement.clause_no as heading_no,
    clause.topic_zh as heading_zh,
    statement.order_no,
    statement.text_zh as duty_zh,
    duty.is_standing,
    shown.shown_in,
    cast(coalesce(latest.documents, 0) as integer) as documents,
    latest.first_issued_on,
    latest.issued_on as last_issued_on,
    latest.document_no as last_document_no,
    latest.responsible_unit,
    latest.note,
    stands.code as status,
    stands.name_zh as status_zh,
    latest.submission_id
from {{ ref('plan_duty') }} as duty
inner join {{ ref('plan_statement') }} as statement on duty.duty_code = statement.statement_code
inner join {{ ref('plan_clause') }} as clause on statement.part = clause.part and statement.clause_no = clause.clause_no
left join latest on duty.duty_code = latest.duty_code
left join shown on duty.duty_code = shown.duty_code
inner join {{ ref('code') }} as stands
    on
        stands.code_list = 'safeguard_status'
        and (latest.duty_status = stands.name_zh or latest.duty_status is null and stands.code = 'no_document')
