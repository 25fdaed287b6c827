"""What must hold: rules as SQL, the contract as Great Expectations suites, the gate over the marts."""
