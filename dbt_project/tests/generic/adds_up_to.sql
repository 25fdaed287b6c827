{#
    The rows of a model add up to those of another, to 1e-9 of the whole.

    whole: the relation that they add up to. by: columns that both have. parts_of, is_whole: expressions for the model's and the whole's
    further key (say, the township that a part belongs to). measures: additive columns. parts, wholes: conditions on the rows taken.
#}
{% test adds_up_to(model, whole, by, measures, within_each="'all'", parts_of="'all'", is_whole="'all'", parts="true", wholes="true") %}
    with part as (
        select
            {{ by | join(', ') }},
            {{ parts_of }} as whole_key,
            {{ within_each }} as scheme,
            {% for measure in measures %}sum({{ measure }}) as {{ measure }}{{ ', ' if not loop.last }}{% endfor %}
        from {{ model }}
        where {{ parts }}
        group by all
    ),

    whole as (
        select
            {{ by | join(', ') }},
            {{ is_whole }} as whole_key,
            {{ measures | join(', ') }}
        from {{ whole }}
        where {{ wholes }}
    )

    select part.*
    from part
    left join whole using ({{ by | join(', ') }}, whole_key)
    where
        {% for measure in measures -%}
            abs(coalesce(part.{{ measure }}, 0) - coalesce(whole.{{ measure }}, 0)) > 1e-9 * greatest(1, abs(coalesce(whole.{{ measure }}, 0)))
            {{ 'or ' if not loop.last }}
        {%- endfor %}
{% endtest %}
