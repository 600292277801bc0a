package decisionworks

import rego.v1

wide := {"AdministratorAccess", "PowerUserAccess", "IAMFullAccess", "AmazonS3FullAccess", "AmazonSageMakerFullAccess"}

findings contains found("identity-user", r) if some r in resources("aws_iam_user")

findings contains found("identity-access-key", r) if some r in resources("aws_iam_access_key")

findings contains found("identity-exclusive-attachment", r) if some r in resources("aws_iam_policy_attachment")

findings contains found("identity-wide-policy", r) if {
	some kind in ["aws_iam_role_policy_attachment", "aws_iam_group_policy_attachment"]
	some r in resources(kind)
	some name in wide
	endswith(r.values.policy_arn, sprintf("/%s", [name]))
}

findings contains found("identity-long-session", r) if {
	some r in resources("aws_iam_role")
	is_number(r.values.max_session_duration)
	r.values.max_session_duration > 14400
}
