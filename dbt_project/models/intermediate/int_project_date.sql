-- Up to which day the projects' data reach: what is open or overdue is so as of that day, whenever the build is made.
with days as (
    select ends_on as day_on from {{ ref('stg_project_progress') }}
    union all
    select acceptance_date from {{ ref('stg_project_acceptance') }}
    union all
    select ends_on from {{ ref('stg_project_funds') }}
    union all
    select inspected_on from {{ ref('stg_supervision') }}
    union all
    select rectified_on from {{ ref('stg_supervision') }}
    union all
    select reinspected_on from {{ ref('stg_supervision') }}
    union all
    select received_on from {{ ref('stg_public_feedback') }}
    union all
    select replied_on from {{ ref('stg_public_feedback') }}
)

select max(day_on) as as_of_on
from days
