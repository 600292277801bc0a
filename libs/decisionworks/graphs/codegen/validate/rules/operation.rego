package decisionworks

import rego.v1

findings contains found("logging-retention", r) if {
	some r in resources("aws_cloudwatch_log_group")
	not has(r.values, "retention_in_days")
}

findings contains found("logging-api", r) if {
	some r in resources("aws_apigatewayv2_stage")
	not has(r.values, "access_log_settings")
}

findings contains found("logging-workflow", r) if {
	some r in resources("aws_sfn_state_machine")
	not has(r.values, "logging_configuration")
}

findings contains found("resilience-table", r) if {
	some r in resources("aws_dynamodb_table")
	lacks(block(r.values, "point_in_time_recovery"), "enabled", true)
}

findings contains found("resilience-database-backup", r) if {
	some kind in ["aws_db_instance", "aws_rds_cluster"]
	some r in resources(kind)
	not has(r.values, "backup_retention_period")
}

findings contains found("resilience-database-deletion", r) if {
	some kind in ["aws_db_instance", "aws_rds_cluster"]
	some r in resources(kind)
	lacks(r.values, "deletion_protection", true)
}

findings contains found("supply-image-tags", r) if {
	some r in resources("aws_ecr_repository")
	lacks(r.values, "image_tag_mutability", "IMMUTABLE")
}

findings contains found("supply-image-scan", r) if {
	some r in resources("aws_ecr_repository")
	lacks(block(r.values, "image_scanning_configuration"), "scan_on_push", true)
}

findings contains found("cost-budget", {"file": "terraform", "line": 1, "address": "the configuration"}) if {
	count(input.resources) > 20
	count(resources("aws_budgets_budget")) == 0
}
