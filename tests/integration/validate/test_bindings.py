"""Generated Terraform beside HashiCorp's bindings of the AWS provider, of which an imitation is always here."""

from __future__ import annotations

import zipfile
from collections import Counter
from pathlib import Path

import pytest

from decisionworks.artifacts import GeneratedFile
from decisionworks.graphs.codegen.render import render_repository
from tests.golden.bindings import Bindings
from tests.golden.compare_terraform import compare
from tests.unit.graphs.codegen.plans import PLANS, render_input

WHEELS = Path(__file__).resolve().parents[3] / ".data/bindings"
QUEUE = """
class SqsQueue(
    _cdktf.TerraformResource,
    metaclass=jsii.JSIIMeta,
    jsii_type="@cdktf/provider-aws.sqsQueue.SqsQueue",
):
    def __init__(self, scope, id_, *, name: builtins.str, fifo: typing.Optional[builtins.bool] = None,
      redrive: typing.Optional[typing.Union["SqsQueueRedrive", typing.Dict[builtins.str, typing.Any]]] = None,
                 count: typing.Any = None) -> None: ...

    @builtins.property
    @jsii.member(jsii_name="arn")
    def arn(self) -> builtins.str: ...

    @builtins.property
    @jsii.member(jsii_name="redrive")
    def redrive(self) -> "SqsQueueRedriveList": ...


@jsii.data_type(jsii_type="x")
class SqsQueueRedrive:
    def __init__(self, *, max_receive_count: jsii.Number) -> None: ...


class SqsQueueRedriveList(_cdktf.ComplexList): ...


class SqsQueueRedriveOutputReference(_cdktf.ComplexObject):
    @builtins.property
    def max_receive_count(self) -> jsii.Number: ...
"""
SOUND = """\
resource "aws_sqs_queue" "q" {
  count = 1
  name  = "jobs"

  redrive {
    max_receive_count = 3
  }
}

output "arn" {
  # aws_sqs_queue.q.nonsense is only spoken of
  value = "${aws_sqs_queue.q[0].arn} ${aws_sqs_queue.q[0].redrive[0].max_receive_count}"
}
"""


def disagreements(text: str, bindings: Bindings) -> list[str]:
    return list(compare({"main.tf": GeneratedFile(content=text.encode(), pattern="p")}, bindings, Counter()))


@pytest.fixture
def bindings(tmp_path: Path) -> Bindings:
    wheel = tmp_path / "bindings.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("cdktf_cdktf_provider_aws/sqs_queue/__init__.py", QUEUE)
    return Bindings(wheel)


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("", "", []),
        ('"aws_sqs_queue" "q"', '"aws_sqs_kueue" "q"', ["main.tf: aws_sqs_kueue.q: there is no such type"]),
        ("name  =", "nam   =", ["aws_sqs_queue.q: there is no argument nam", "aws_sqs_queue.q: lacks name"]),
        ("max_receive_count = 3", "", ["aws_sqs_queue.q.redrive: lacks maxreceivecount"]),
        ("max_receive_count = 3", "max_receive_count = 3\nmost = 1", ["redrive: there is no argument most"]),
        ("q[0].arn", "q[0].urn", ["reads urn, which SqsQueue does not have"]),
        ("redrive[0].max_receive_count", "redrive[0].most", ["reads most, which SqsQueueRedriveOutputReference"]),
    ],
)
def test_what_the_bindings_do_not_know_is_told(bindings: Bindings, was: str, becomes: str, told: list[str]) -> None:
    found = disagreements(SOUND.replace(was, becomes, 1) if was else SOUND, bindings)

    assert len(found) == len(told), found
    assert all(part in line for part, line in zip(told, found, strict=True)), found


def test_a_whole_plan_agrees_with_the_bindings() -> None:
    wheels = sorted(WHEELS.glob("*.whl"))
    if not wheels:
        pytest.skip("HashiCorp's bindings are not here (make bindings)")
    counted: Counter[str] = Counter()

    found = list(compare(render_repository(render_input(PLANS["weekly batch"])), Bindings(wheels[0]), counted))

    assert found == []
    assert counted["blocks"] > 50
    assert counted["references"] > 50
