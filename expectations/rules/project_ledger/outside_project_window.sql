-- A sub-project is built within the time planned for its project; one that ends before it begins (finish_before_start) says nothing.
select
    submission.row_id,
    case when submission.plan_start < whole.plan_start then 'plan_start' else 'plan_finish' end as field,
    concat_ws('—', submission.plan_start, submission.plan_finish) as found,
    concat_ws('—', whole.plan_start, whole.plan_finish) as expected
from submission
inner join ledger_project as whole on split_part(submission.project_id, '-', 1) = whole.project_id
where
    whole.plan_start <= whole.plan_finish
    and (submission.plan_start < whole.plan_start or submission.plan_finish > whole.plan_finish)
