-- Of each accepted project's site in an area cell, the share on which high-standard farmland was accepted before: it does not count again.
select
    farmland.submission_id,
    farmland.row_id,
    farmland.part_code,
    farmland.consolidation_zone,
    farmland.restoration_zone,
    least(1, {{ total('farmland.area_m2') }} / any_value(place.area_m2)) as share
from {{ ref('int_farmland_on_shared_ground') }} as farmland
inner join {{ ref('int_project_location') }} as place
    on
        farmland.project_id = place.project_id
        and farmland.township_code = place.township_code
        and farmland.part_code = place.part_code
        and farmland.consolidation_zone = place.consolidation_zone
        and farmland.restoration_zone = place.restoration_zone
where farmland.is_repeated and place.located_by = 'site'
group by
    farmland.submission_id, farmland.row_id, farmland.part_code, farmland.consolidation_zone, farmland.restoration_zone
