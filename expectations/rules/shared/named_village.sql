-- Each village that a row names, by name or by code of twelve digits, and the township in which it lies: by the plan's list of villages
-- (names and codes of 2020 and 2021), else by the code. None for a name that the plan does not mention.
with named as (
    select
        row_id,
        trim(unnest(string_split(replace(village, ',', '、'), '、'))) as village
    from submission
)

select
    named.row_id,
    named.village,
    regexp_full_match(named.village, '\d+') as is_code,
    coalesce(any_value(planned.township_code), any_value(ref_township.township_code)) as township_code
from named
left join ref_plan_key_area_village as planned
    on
        regexp_replace(named.village, '村$', '') = regexp_replace(planned.village_name, '村$', '')
        or named.village in (planned.village_code_2020, planned.village_code_2021)
left join ref_township on starts_with(named.village, ref_township.township_code)
group by named.row_id, named.village
