"""What is known of the AWS provider's schema, and a provider made of it for Terraform to talk to."""

from decisionworks.graphs.codegen.validate.schema.facts import (
    Attribute,
    Block,
    Nested,
    SchemaFacts,
    load_schema_facts,
)
from decisionworks.graphs.codegen.validate.schema.written import write_schema

__all__ = ["Attribute", "Block", "Nested", "SchemaFacts", "load_schema_facts", "write_schema"]
