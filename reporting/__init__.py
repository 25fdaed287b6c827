"""What is made of a build for people: map layers with their styles, workbooks, the monthly circular. It knows the contracts and
what it is given, no other room; `pipeline.build` calls it.
"""
