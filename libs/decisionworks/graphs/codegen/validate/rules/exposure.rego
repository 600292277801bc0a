package decisionworks

import rego.v1

everywhere := {"0.0.0.0/0", "::/0"}

web := {80, 443}

findings contains found("exposure-database", r) if {
	some kind in ["aws_db_instance", "aws_rds_cluster_instance", "aws_redshift_cluster"]
	some r in resources(kind)
	r.values.publicly_accessible == true
}

findings contains found("exposure-ingress", r) if {
	some r in resources("aws_vpc_security_group_ingress_rule")
	some name in ["cidr_ipv4", "cidr_ipv6"]
	r.values[name] in everywhere
	not object.get(r.values, "from_port", 0) in web
}

findings contains found("exposure-ingress", r) if {
	some r in resources("aws_security_group")
	some rule in r.values.ingress
	some cidr in rule.cidr_blocks
	cidr in everywhere
	not object.get(rule, "from_port", 0) in web
}

findings contains found("exposure-metadata", r) if {
	some kind in ["aws_instance", "aws_launch_template"]
	some r in resources(kind)
	lacks(block(r.values, "metadata_options"), "http_tokens", "required")
}

findings contains found("exposure-function-url", r) if {
	some r in resources("aws_lambda_function_url")
	r.values.authorization_type == "NONE"
}

findings contains found("exposure-notebook", r) if {
	some r in resources("aws_sagemaker_notebook_instance")
	lacks(r.values, "direct_internet_access", "Disabled")
}

findings contains found("exposure-cluster-endpoint", r) if {
	some r in resources("aws_eks_cluster")
	network := block(r.values, "vpc_config")
	lacks(network, "endpoint_public_access", false)
	not has(network, "public_access_cidrs")
}
