"""What a processor is, as the system tells it."""

from __future__ import annotations

import os

import pytest

from newsreel.models.runtime import cpu
from newsreel.models.runtime.cpu import Processor

XEON = """processor\t: 0
model name\t: Intel(R) Xeon(R) Processor
flags\t\t: fpu sse4_2 avx2 avx512f avx512_vnni
bugs\t\t: spectre_v1

processor\t: 1
model name\t: another
flags\t\t: fpu amx_int8
"""
GRAVITON = "processor\t: 0\nFeatures\t: fp asimd asimddp i8mm\nCPU part\t: 0xd40\n\nprocessor\t: 1\n"
APPLE = "machdep.cpu.brand_string: Apple M2\nhw.optional.arm.FEAT_DotProd: 1\nhw.optional.arm.FEAT_I8MM: 0\n"


def test_linux_names_the_first_processor_and_its_flags() -> None:
    name, flags = cpu._of_cpuinfo(XEON)
    assert name == "Intel(R) Xeon(R) Processor"
    assert {"avx2", "avx512_vnni"} <= flags
    assert "amx_int8" not in flags


def test_arm_is_named_by_its_part() -> None:
    name, flags = cpu._of_cpuinfo(GRAVITON)
    assert name == "ARM part 0xd40"
    assert {"asimddp", "i8mm"} <= flags


def test_macos_flags_have_linux_names() -> None:
    assert cpu._of_sysctl(APPLE) == ("Apple M2", frozenset({"asimddp"}))


def test_a_system_that_says_nothing_is_unknown() -> None:
    assert cpu._of_cpuinfo("") == ("", frozenset())
    assert cpu._of_sysctl("") == ("", frozenset())


@pytest.mark.parametrize(
    ("instructions", "native"),
    [((), False), (("avx2",), False), (("avx2", "avx512f"), False), (("avx2", "avx_vnni"), True), (("asimddp",), True)],
)
def test_int8_is_native_with_dot_products_only(instructions: tuple[str, ...], native: bool) -> None:
    assert Processor("a", "x86_64", 2, instructions).int8_native is native


def test_a_processor_reads_as_a_line() -> None:
    assert str(Processor("Xeon", "x86_64", 2, ("avx2", "avx512_vnni"))) == "Xeon, 2 cores, avx2 avx512_vnni"
    assert str(Processor("unknown", "riscv64", 1, ())) == "unknown, 1 core, riscv64"


def test_this_machine_is_described() -> None:
    found = cpu.describe()
    assert found.name
    assert 1 <= found.cores <= (os.cpu_count() or 1)
    assert cpu.describe() is found
