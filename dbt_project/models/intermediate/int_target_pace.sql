-- Pace: how fast the district's value has moved since its base, and how fast it must still move to reach a target by the end of its year.
-- All spans run to the day up to which the value speaks. So far: (value - base) / years since the base. Required: gap / years left.
-- Projected: that day + gap / pace. The gap is what is missing: of a target that is not to be exceeded (at_most) what is too much, and a
-- fall is progress. Once a target's date is past on the as-of date there is no pace to judge: the complete value of that date decides
-- whether it is met or missed, whatever came later (made_up_in: the period in which a missed target was reached after all). Where
-- there is no such value the latest one decides if it is complete and reaches the date; until then the target is open.
with complete as (
    select
        value.indicator_code,
        value.area_code,
        value.period,
        value.ends_on,
        value.value,
        value.is_provisional
    from {{ ref('int_indicator_value') }} as value
    inner join {{ ref('indicator') }} as indicator
        on value.indicator_code = indicator.indicator_code and value.period_grain = indicator.judged_by
    where value.value is not null
),

standing as (
    select
        target.indicator_code,
        target.target_year,
        target.target_value,
        case when indicator.direction = 'at_most' then -1 else 1 end as sense,
        latest.area_code,
        latest.value,
        latest.data_through,
        latest.is_provisional,
        case when indicator.direction = 'at_most' then latest.value - target.target_value else target.target_value - latest.value end
            as gap,
        cast(target.target_year || '-12-31' as date) as due_on,
        latest.as_of_date,
        {{ days_between('latest.base_on', 'latest.data_through') }} / {{ var('days_per_year') }} as years_so_far,
        latest.value - latest.base_value as gained,
        1 - (
            {{ days_between('latest.data_through', 'latest.ends_on') }}
            - {{ days_between('latest.year_before_through', "cast(latest.ends_on - interval 1 year as date)") }}
        ) / {{ var('days_per_year') }} as years_since_year_before,
        latest.value - latest.value_year_before as gained_since_year_before,
        due.value as value_when_due,
        case when indicator.direction = 'at_most' then due.value <= target.target_value else due.value >= target.target_value end
            as was_met_when_due,
        (
            select min_by(later.period, later.ends_on)
            from complete as later
            where
                later.indicator_code = target.indicator_code
                and later.area_code = latest.area_code
                and later.ends_on > cast(target.target_year || '-12-31' as date)
                and case
                    when indicator.direction = 'at_most' then later.value <= target.target_value else later.value >= target.target_value
                end
        ) as reached_in
    from {{ ref('plan_target') }} as target
    inner join {{ ref('indicator') }} as indicator on target.indicator_code = indicator.indicator_code
    inner join {{ ref('int_indicator_latest') }} as latest on target.indicator_code = latest.indicator_code
    inner join {{ ref('district') }} as district on latest.area_code = district.district_code
    left join complete as due
        on
            target.indicator_code = due.indicator_code
            and latest.area_code = due.area_code
            and due.ends_on = cast(target.target_year || '-12-31' as date)
            and not due.is_provisional
),

pace as (
    select
        *,
        due_on < as_of_date as is_past,
        case when years_so_far > 0 then gained / years_so_far end as so_far_per_year,
        case when years_since_year_before > 0 then gained_since_year_before / years_since_year_before end as recent_per_year,
        case
            when gap <= 0 then 0
            when due_on >= as_of_date and due_on > data_through
                then sense * gap / ({{ days_between('data_through', 'due_on') }} / {{ var('days_per_year') }})
        end as required_per_year,
        {{ var('stalled_pace_share') }} * target_value as standstill
    from standing
),

-- the same question asked of two paces: since the base, and over the last year
asked as (
    select
        *,
        'so_far' as asked_of,
        so_far_per_year as per_year
    from pace
    union all
    select
        *,
        'recent',
        recent_per_year
    from pace
),

answered as (
    select
        *,
        case
            when gap > 0 and sense * per_year > standstill
                then extract(year from data_through + cast(floor(gap / (sense * per_year) * {{ var('days_per_year') }}) as integer))
        end as projected_year,
        case
            when is_past and was_met_when_due then 'met'
            when is_past and not was_met_when_due then 'missed'
            when gap <= 0 then 'met'
            when is_past and data_through >= due_on and not is_provisional then 'missed'
            when is_past then 'data_short'
            when per_year is null then 'no_trend'
            when sense * per_year < -standstill then 'reversed'
            when sense * per_year <= standstill then 'stalled'
            when sense * per_year >= sense * required_per_year then 'on_track'
            else 'slow'
        end as status
    from asked
)

select
    so_far.indicator_code,
    so_far.target_year,
    so_far.area_code,
    so_far.gap,
    so_far.so_far_per_year,
    so_far.recent_per_year,
    so_far.required_per_year,
    so_far.projected_year,
    recent.projected_year as recent_projected_year,
    so_far.status = 'missed' as is_overdue,
    so_far.value_when_due,
    case when so_far.status = 'missed' then so_far.reached_in end as made_up_in,
    so_far.status,
    recent.status as recent_status
from answered as so_far
inner join answered as recent
    on so_far.indicator_code = recent.indicator_code and so_far.target_year = recent.target_year and recent.asked_of = 'recent'
where so_far.asked_of = 'so_far'
