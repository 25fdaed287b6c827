{# A model of one row, for a build without data too. #}
{% test one_row(model) %}
    select count(*) as found
    from {{ model }}
    having count(*) <> 1
{% endtest %}
