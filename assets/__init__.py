"""The pipeline as Dagster sees it: thin assets over `pipeline.steps`. No rule of the domain."""
