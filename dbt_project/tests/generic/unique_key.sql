{#
    No two rows have the same key, and no part of a key is null but those that may be: `nullable` ones, of which null is a value like any other.
#}
{% test unique_key(model, columns, nullable=[]) %}
    select {{ columns | join(', ') }}
    from {{ model }}
    group by {{ columns | join(', ') }}
    having
        count(*) > 1
        {% for column in columns if column not in nullable %}
            or {{ column }} is null
        {% endfor %}
{% endtest %}
