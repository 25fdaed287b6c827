-- One acceptance has one number.
select
    submission.row_id,
    'acceptance_no' as field,
    submission.acceptance_no as found,
    min(other.acceptance_no) as expected
from submission
left join acceptance_record as other
    on
        submission.project_id = other.project_id
        and submission.township_code = other.township_code
        and submission.acceptance_date = other.acceptance_date
        and submission.accepted_area_ha = other.accepted_area_ha
        and coalesce(submission.hsf_mu, 0) = coalesce(other.hsf_mu, 0)
        and submission.accepted_output is not distinct from other.accepted_output
        and submission.acceptance_no > other.acceptance_no
where other.acceptance_no is not null
group by submission.row_id, submission.acceptance_no
