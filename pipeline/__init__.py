"""The verbs that the DAGs and the command line call; all composition is here."""
