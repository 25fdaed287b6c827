-- No telephone or identity number is taken in: the message does not repeat it.
select
    row_id,
    'summary' as field,
    case when regexp_matches(summary, '[1-9]\d{16}[\dXx]') then '身份证号' else '电话号码' end as found,
    null as expected
from submission
where regexp_matches(summary, '(^|\D)1[3-9]\d{9}(\D|$)') or regexp_matches(summary, '[1-9]\d{16}[\dXx]')
