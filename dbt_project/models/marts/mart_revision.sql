-- What a build changed beside the one published before it. Empty here: its rows are written while the build is published, when both are
-- known.
select
    cast(null as string) as figure,
    cast(null as string) as code,
    cast(null as string) as area_code,
    cast(null as string) as period,
    cast(null as string) as item,
    cast(null as string) as change_kind,
    cast(null as double) as value_before,
    cast(null as double) as value_after,
    cast(null as double) as change,
    cast(null as string) as text_before,
    cast(null as string) as text_after,
    cast(null as string) as measure_unit,
    cast(null as string) as caused_by,
    cast(null as string) as replaced
where false
