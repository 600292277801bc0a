# What every rule builds on. A value that is an expression is not known here, and no rule judges what it does not know.
package decisionworks

import rego.v1

resources(kind) := [r | some r in input.resources; r.type == kind]

is_expression(value) if {
	is_string(value)
	contains(value, "${")
}

# Absent, or known and not what is wanted.
lacks(values, name, _) if not has(values, name)

lacks(values, name, wanted) if {
	has(values, name)
	not is_expression(values[name])
	values[name] != wanted
}

has(values, name) if {
	name in object.keys(values)
	values[name] != "null"
}

# The first block of a name, or an empty one.
block(values, name) := values[name][0] if is_array(values[name])

block(values, name) := values[name] if is_object(values[name])

block(values, name) := {} if not has(values, name)

found(rule, r) := {"rule": rule, "file": r.file, "line": r.line, "address": r.address}
