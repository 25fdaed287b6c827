-- What projects report, on the ground where it lies: accepted results on their day, monthly figures to date.
select * from {{ ref('int_acceptance_ground') }}
union all
select * from {{ ref('int_progress_ground') }}
