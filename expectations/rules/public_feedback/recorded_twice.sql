-- One opinion has one number.
with known as (
    select
        feedback_no,
        received_on,
        township_code,
        summary
    from submission
    union all
    select
        feedback_no,
        received_on,
        township_code,
        summary
    from history
)

select
    submission.row_id,
    'feedback_no' as field,
    submission.feedback_no as found,
    min(other.feedback_no) as expected
from submission
left join known as other
    on
        submission.received_on = other.received_on
        and submission.township_code = other.township_code
        and submission.summary = other.summary
        and submission.feedback_no > other.feedback_no
where other.feedback_no is not null
group by submission.row_id, submission.feedback_no
