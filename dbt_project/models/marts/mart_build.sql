-- Which build this is, for the foot of pages and dashboards. Empty here: its row is written while the build is published.
select
    cast(null as string) as build_id,
    cast(null as timestamptz) as made_at,
    cast(null as date) as as_of_date,
    cast(null as string) as code_version,
    cast(null as string) as previous_build_id,
    cast(null as date) as data_through,
    cast(null as string) as last_edition,
    cast(null as string) as last_edition_build_id,
    cast(null as string) as last_edition_approved_by,
    cast(null as timestamptz) as last_edition_approved_at
where false
