"""The use cases, in four packages that stand on one another: release -> build -> intake, calendar."""
