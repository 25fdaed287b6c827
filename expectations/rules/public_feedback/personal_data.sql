-- No telephone or identity number is taken in: the message does not repeat it. ［身份证号］ stands where reading left one out.
select
    row_id,
    'summary' as field,
    case when regexp_matches(summary, '[1-9]\d{16}[\dXx]|［身份证号］') then '身份证号' else '电话号码' end as found,
    null as expected
from submission
where regexp_matches(summary, '(^|\D)1[3-9]\d{9}(\D|$)') or regexp_matches(summary, '[1-9]\d{16}[\dXx]|［身份证号］')
