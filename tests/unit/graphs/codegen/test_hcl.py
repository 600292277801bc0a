"""Canonical HCL made without the tool."""

from decisionworks.graphs.codegen.render.hcl import format_hcl


def test_consecutive_attributes_align_their_equal_signs() -> None:
    text = 'resource "a" "b" {\nname = 1\nlonger_name = "x"\n}'

    formatted = format_hcl(text)

    assert formatted == 'resource "a" "b" {\n  name        = 1\n  longer_name = "x"\n}\n'


def test_an_attribute_that_opens_a_block_ends_the_alignment() -> None:
    text = "a {\nx = 1\npolicy = jsonencode({\nVersion = 1\nid = 2\n})\nlonger = 2\n}"

    formatted = format_hcl(text)

    assert formatted == (
        "a {\n  x = 1\n  policy = jsonencode({\n    Version = 1\n    id      = 2\n  })\n  longer = 2\n}\n"
    )


def test_equal_signs_and_brackets_inside_strings_do_not_count() -> None:
    text = 'a {\nfilter = "{ $.level = \\"error\\" }"\nx = var.a == "=" ? 1 : 2\n}'

    formatted = format_hcl(text)

    assert formatted == 'a {\n  filter = "{ $.level = \\"error\\" }"\n  x      = var.a == "=" ? 1 : 2\n}\n'


def test_what_conditions_left_empty_is_closed_up() -> None:
    text = "a {\n\n\n  b {\n\n  }\n\n}\n\n\n\nc {}\n\n"

    formatted = format_hcl(text)

    assert formatted == "a {\n  b {\n  }\n}\n\nc {}\n"


def test_canonical_text_stays_as_it_is() -> None:
    text = 'locals {\n  a = [\n    { x = 1 },\n  ]\n\n  # why = because\n  long_name = "${a}-{"\n}\n'

    assert format_hcl(text) == text
