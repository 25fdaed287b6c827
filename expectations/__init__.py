"""What must hold: rules as SQL and the contract as Great Expectations suites, which intake runs; the gate over the
marts, which a build runs.
"""
