{# Shares of one whole add up to 1. #}
{% test adds_to_one(model, column, by) %}
    select {{ by | join(', ') }}
    from {{ model }}
    group by {{ by | join(', ') }}
    having abs(sum({{ column }}) - 1) > 1e-12 * count(*)
{% endtest %}
