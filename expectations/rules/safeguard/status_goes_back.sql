-- A duty that was fulfilled stays so.
select
    submission.row_id,
    'duty_status' as field,
    submission.duty_status as found,
    history.duty_status as expected
from submission
inner join history on submission.reporting_unit = history.reporting_unit
where history.duty_status = '已落实' and submission.duty_status != '已落实'
