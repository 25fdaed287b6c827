-- Where a project has sub-projects, one of these is accepted: only it has a site.
select
    submission.row_id,
    'project_id' as field,
    submission.project_id as found,
    min(part.project_id) as expected
from submission
left join accepted_project_ledger as part on starts_with(part.project_id, submission.project_id || '-')
where part.project_id is not null
group by submission.row_id, submission.project_id
