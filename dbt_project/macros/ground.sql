{#
    Places what projects put out by ground, the one way in which it is done: on the site of the project that the row names (a sub-project's
    own, a project's all), and without a site over its township by measured area, marked. reported: a relation of project_id, township_code;
    place: int_project_location. Gives its rows once for each piece of ground, with the piece, its share of the row, is_allocated and located_by.
#}
{% macro on_project_ground(reported, place) -%}
    select
        reported.*,
        place.part_code,
        place.consolidation_zone,
        place.restoration_zone,
        place.share as ground_share,
        place.is_allocated,
        place.located_by
    from {{ reported }} as reported
    inner join {{ place }} as place
        on reported.project_id = place.project_id and reported.township_code = place.township_code
{%- endmacro %}
