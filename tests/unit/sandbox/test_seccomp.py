"""The filter is run here by a small interpreter, so that it is tested for machines that we are not on."""

from __future__ import annotations

import errno

import pytest

from decisionworks.sandbox.jail.seccomp import Instruction, build_filter

ALLOW, KILL = 0x7FFF0000, 0x80000000
ARCHES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


def judge(program: list[Instruction], *, number: int, arch: int, arguments: tuple[int, ...] = (0, 0)) -> int:
    memory = {0: number, 4: arch}
    for place, argument in enumerate(arguments):
        memory |= {16 + 8 * place: argument & 0xFFFFFFFF, 20 + 8 * place: argument >> 32}
    accumulator, position = 0, 0
    while True:
        code, if_true, if_false, value = program[position]
        position += 1
        match code:
            case 0x20:
                accumulator = memory[value]
            case 0x06:
                return value
            case 0x15:
                position += if_true if accumulator == value else if_false
            case 0x35:
                position += if_true if accumulator >= value else if_false
            case 0x45:
                position += if_true if accumulator & value else if_false
            case _:
                raise AssertionError(f"unknown instruction {code:#x}")


def refused_with(answer: int) -> int | None:
    return answer & 0xFFFF if answer & 0x7FFF0000 == 0x00050000 else None


@pytest.mark.parametrize(
    ("machine", "numbers"),
    [
        ("x86_64", {"mount": 165, "ptrace": 101, "unshare": 272, "setns": 308, "bpf": 321, "io_uring_setup": 425}),
        ("aarch64", {"mount": 40, "ptrace": 117, "unshare": 97, "setns": 268, "bpf": 280, "io_uring_setup": 425}),
    ],
)
def test_dangerous_calls_are_refused(machine: str, numbers: dict[str, int]) -> None:
    program = build_filter(machine)

    answers = {name: refused_with(judge(program, number=n, arch=ARCHES[machine])) for name, n in numbers.items()}

    assert answers == dict.fromkeys(numbers, errno.EPERM)


@pytest.mark.parametrize(
    ("machine", "numbers"),
    [("x86_64", {"read": 0, "openat": 257, "execve": 59}), ("aarch64", {"read": 63, "openat": 56, "execve": 221})],
)
def test_ordinary_calls_are_allowed(machine: str, numbers: dict[str, int]) -> None:
    program = build_filter(machine)

    answers = [judge(program, number=number, arch=ARCHES[machine]) for number in numbers.values()]

    assert answers == [ALLOW] * 3


@pytest.mark.parametrize(("machine", "socket", "pair"), [("x86_64", 41, 53), ("aarch64", 198, 199)])
def test_sockets_are_refused_but_a_pair_between_own_processes_is_not(machine: str, socket: int, pair: int) -> None:
    program, arch = build_filter(machine), ARCHES[machine]

    assert refused_with(judge(program, number=socket, arch=arch, arguments=(1, 1))) == errno.EACCES
    assert judge(program, number=pair, arch=arch, arguments=(1, 1)) == ALLOW
    assert refused_with(judge(program, number=pair, arch=arch, arguments=(2, 1))) == errno.EACCES


@pytest.mark.parametrize(("machine", "socket"), [("x86_64", 41), ("aarch64", 198)])
def test_where_unix_sockets_are_allowed_no_other_family_is(machine: str, socket: int) -> None:
    program, arch = build_filter(machine, has_unix_sockets=True), ARCHES[machine]
    others = [family for family in range(48) if family != 1]

    answers = {refused_with(judge(program, number=socket, arch=arch, arguments=(family, 1))) for family in others}

    assert judge(program, number=socket, arch=arch, arguments=(1, 1)) == ALLOW
    assert answers == {errno.EACCES}


@pytest.mark.parametrize(("machine", "clone"), [("x86_64", 56), ("aarch64", 220)])
def test_a_new_process_is_allowed_and_a_new_namespace_is_not(machine: str, clone: int) -> None:
    program, arch = build_filter(machine), ARCHES[machine]

    assert judge(program, number=clone, arch=arch, arguments=(0x01200011, 0)) == ALLOW
    assert refused_with(judge(program, number=clone, arch=arch, arguments=(0x10000011, 0))) == errno.EPERM
    assert refused_with(judge(program, number=435, arch=arch)) == errno.ENOSYS


def test_another_machine_s_calls_end_the_process() -> None:
    program = build_filter("x86_64")

    assert judge(program, number=0, arch=0x40000003) == KILL
    assert refused_with(judge(program, number=0x40000000 + 41, arch=ARCHES["x86_64"])) == errno.ENOSYS


@pytest.mark.parametrize(("machine", "ioctl"), [("x86_64", 16), ("aarch64", 29)])
def test_typing_into_a_terminal_is_refused(machine: str, ioctl: int) -> None:
    program, arch = build_filter(machine), ARCHES[machine]

    assert refused_with(judge(program, number=ioctl, arch=arch, arguments=(0, 0x5412))) == errno.EPERM
    assert judge(program, number=ioctl, arch=arch, arguments=(0, 0x5401)) == ALLOW


@pytest.mark.parametrize(("machine", "mmap", "shmget"), [("x86_64", 9, 29), ("aarch64", 222, 194)])
def test_shared_memory_is_for_a_database_server_alone(machine: str, mmap: int, shmget: int) -> None:
    alone, beside, arch = build_filter(machine), build_filter(machine, has_unix_sockets=True), ARCHES[machine]
    shared, private, file = (0, 1 << 20, 3, 0x21), (0, 1 << 20, 3, 0x22), (0, 1 << 20, 3, 0x01)

    assert refused_with(judge(alone, number=mmap, arch=arch, arguments=shared)) == errno.EPERM
    assert judge(beside, number=mmap, arch=arch, arguments=shared) == ALLOW
    assert [judge(alone, number=mmap, arch=arch, arguments=kind) for kind in (private, file)] == [ALLOW] * 2
    assert refused_with(judge(alone, number=shmget, arch=arch, arguments=(0, 56))) == errno.EPERM
    assert judge(beside, number=shmget, arch=arch, arguments=(0, 56)) == ALLOW
    for size in ((1 << 20) + 1, 1 << 32):
        assert refused_with(judge(beside, number=shmget, arch=arch, arguments=(0, size))) == errno.EPERM


@pytest.mark.parametrize(
    ("machine", "numbers"),
    [
        ("x86_64", {"prlimit64": 302, "sched_setaffinity": 203, "sched_setscheduler": 144, "sched_setattr": 314}),
        ("aarch64", {"prlimit64": 261, "sched_setaffinity": 122, "sched_setscheduler": 119, "sched_setattr": 274}),
    ],
)
def test_a_process_sets_its_own_limits_and_nobody_else_s(machine: str, numbers: dict[str, int]) -> None:
    program, arch = build_filter(machine), ARCHES[machine]

    for number in numbers.values():
        assert judge(program, number=number, arch=arch, arguments=(0, 7)) == ALLOW
        assert refused_with(judge(program, number=number, arch=arch, arguments=(4711, 7))) == errno.EPERM


@pytest.mark.parametrize(("machine", "setsockopt"), [("x86_64", 54), ("aarch64", 208)])
def test_a_socket_keeps_the_room_that_it_was_given(machine: str, setsockopt: int) -> None:
    program, arch = build_filter(machine, has_unix_sockets=True), ARCHES[machine]

    for option in (7, 32):
        answer = judge(program, number=setsockopt, arch=arch, arguments=(3, 1, option))
        assert refused_with(answer) == 0, "done, as far as the caller knows"
    assert judge(program, number=setsockopt, arch=arch, arguments=(3, 1, 2)) == ALLOW
    assert judge(program, number=setsockopt, arch=arch, arguments=(3, 6, 7)) == ALLOW
