-- A sub-project that had a site keeps it. The project's first site is named.
select
    min(submission.row_id) as row_id,
    'subproject_id' as field,
    null as found,
    earlier.subproject_id as expected
from submission
inner join accepted_project_site as earlier on submission.reporting_unit = earlier.reporting_unit
where
    earlier.period
    = (
        select max(latest.period) from accepted_project_site as latest
        where latest.reporting_unit = submission.reporting_unit and latest.period < submission.period
    )
group by submission.reporting_unit, submission.period, earlier.subproject_id
having not list_contains(list(submission.subproject_id), earlier.subproject_id)
