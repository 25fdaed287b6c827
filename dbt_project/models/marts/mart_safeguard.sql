-- Each duty of the plan's part on safeguards, and what was done for it: documents, the latest of them, how far it is. A duty without a
-- document says so.
with latest as (
    select
        *,
        count(*) over (partition by duty_code) as documents,
        min(issued_on) over (partition by duty_code) as first_issued_on
    from {{ ref('stg_safeguard') }}
    qualify row_number() over (partition by duty_code order by issued_on desc, document_no desc) = 1
)

select
    duty.duty_code,
    statement.clause_no as heading_no,
    clause.topic_zh as heading_zh,
    statement.order_no,
    statement.text_zh as duty_zh,
    duty.is_standing,
    duty.shown_in,
    cast(coalesce(latest.documents, 0) as integer) as documents,
    latest.first_issued_on,
    latest.issued_on as last_issued_on,
    latest.document_no as last_document_no,
    latest.responsible_unit,
    latest.note,
    case latest.duty_status when '已落实' then 'done' when '推进中' then 'under_way' when '未开展' then 'not_begun' else 'no_document' end as status,
    coalesce(latest.duty_status, '没有文件') as status_zh,
    latest.submission_id
from {{ ref('plan_duty') }} as duty
inner join {{ ref('plan_statement') }} as statement on duty.duty_code = statement.statement_code
inner join {{ ref('plan_clause') }} as clause on statement.part = clause.part and statement.clause_no = clause.clause_no
left join latest on duty.duty_code = latest.duty_code
