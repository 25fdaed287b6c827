{# Canonical periods: 2025 a year, 2025Q1 a quarter, 2025-03 a month, 2021-10-31 a day. #}
{% macro period_grain(period) -%}
    case
        when {{ period }} like '____-__-__' then 'day'
        when {{ period }} like '____-__' then 'month'
        when {{ period }} like '____Q_' then 'quarter'
        when {{ period }} like '____' then 'year'
    end
{%- endmacro %}

{% macro period_starts_on(period) -%}
    cast(
        case
            when {{ period }} like '____-__-__' then {{ period }}
            when {{ period }} like '____-__' then {{ period }} || '-01'
            when {{ period }} like '____Q_'
                then left({{ period }}, 4) || '-' || lpad(cast(cast(right({{ period }}, 1) as integer) * 3 - 2 as string), 2, '0') || '-01'
            when {{ period }} like '____' then {{ period }} || '-01-01'
        end as date
    )
{%- endmacro %}

{% macro period_ends_on(period) -%}
    cast(
        case
            when {{ period }} like '____-__-__' then {{ period_starts_on(period) }}
            when {{ period }} like '____-__' then {{ period_starts_on(period) }} + interval 1 month - interval 1 day
            when {{ period }} like '____Q_' then {{ period_starts_on(period) }} + interval 3 month - interval 1 day
            when {{ period }} like '____' then {{ period_starts_on(period) }} + interval 1 year - interval 1 day
        end as date
    )
{%- endmacro %}
