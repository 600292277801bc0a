package decisionworks

import rego.v1

findings contains found("encryption-key-rotation", r) if {
	some r in resources("aws_kms_key")
	lacks(r.values, "enable_key_rotation", true)
	not has(r.values, "customer_master_key_spec")
}

findings contains found("encryption-key-window", r) if {
	some r in resources("aws_kms_key")
	is_number(r.values.deletion_window_in_days)
	r.values.deletion_window_in_days < 14
}

findings contains found("encryption-cache-transit", r) if {
	some r in resources("aws_elasticache_replication_group")
	lacks(r.values, "transit_encryption_enabled", true)
}

findings contains found("encryption-listener", r) if {
	some r in resources("aws_lb_listener")
	r.values.protocol == "HTTP"
	object.get(block(r.values, "default_action"), "type", "") != "redirect"
}

findings contains found("encryption-search-https", r) if {
	some r in resources("aws_opensearch_domain")
	lacks(block(r.values, "domain_endpoint_options"), "enforce_https", true)
}

findings contains found("encryption-search-nodes", r) if {
	some r in resources("aws_opensearch_domain")
	lacks(block(r.values, "node_to_node_encryption"), "enabled", true)
}

findings contains found("encryption-stream-transit", r) if {
	some r in resources("aws_msk_cluster")
	transit := block(block(r.values, "encryption_info"), "encryption_in_transit")
	has(transit, "client_broker")
	lacks(transit, "client_broker", "TLS")
}
