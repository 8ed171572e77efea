"""The processor this runs on: its name, and the instructions that decide how fast int8 is and how exact."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["Processor", "describe"]

_CPUINFO = Path("/proc/cpuinfo")
_FLAGS = (
    "avx2",
    "avx512f",
    "avx_vnni",
    "avx512_vnni",
    "avx512_bf16",
    "amx_bf16",
    "amx_int8",
    "asimddp",
    "i8mm",
)
"""As Linux names them, from old to new; the last two are ARM's."""

_INT8_NATIVE = frozenset({"avx_vnni", "avx512_vnni", "amx_int8", "asimddp", "i8mm"})
_OF_SYSCTL = {
    "hw.optional.arm.FEAT_DotProd": "asimddp",
    "hw.optional.arm.FEAT_I8MM": "i8mm",
    "hw.optional.avx2_0": "avx2",
    "hw.optional.avx512f": "avx512f",
}
"""macOS's names for them."""


@dataclass(frozen=True, slots=True)
class Processor:
    """A processor, as far as the speed of a graph depends on it."""

    name: str
    """`unknown` where the system does not say."""

    architecture: str
    """`x86_64`, `aarch64`, `arm64`."""

    cores: int
    """Those this process may run on."""

    instructions: tuple[str, ...]
    """What it has of the instruction sets that matter here, by Linux's names; empty where the system does not say."""

    @property
    def int8_native(self) -> bool:
        """Products of bytes are summed in 32 bits by one instruction (VNNI, AMX, dot product).

        Without, int8 gains less, and on x86 the sum of two products saturates at 16 bits.
        """
        return not _INT8_NATIVE.isdisjoint(self.instructions)

    def __str__(self) -> str:
        """`Intel(R) Xeon(R) Processor, 2 cores, avx2 avx512f avx512_vnni`."""
        cores = f"{self.cores} core{'' if self.cores == 1 else 's'}"
        return ", ".join((self.name, cores, " ".join(self.instructions) or self.architecture))


@cache
def describe() -> Processor:
    """The processor of this machine. Never raises: what cannot be read is unknown."""
    name, flags = _of_sysctl(_sysctl()) if platform.system() == "Darwin" else _of_cpuinfo(_cpuinfo())
    instructions = tuple(flag for flag in _FLAGS if flag in flags)
    return Processor(name or "unknown", platform.machine() or "unknown", _cores(), instructions)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):  # not on macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _cpuinfo() -> str:
    try:
        return _CPUINFO.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _of_cpuinfo(text: str) -> tuple[str, frozenset[str]]:
    """Name and flags of the first processor; all are taken to be alike. ARM's kernels name the part by number."""
    fields = _fields(text.strip().partition("\n\n")[0])
    flags = fields.get("flags", fields.get("Features", ""))
    part = f"ARM part {fields['CPU part']}" if "CPU part" in fields else ""
    return fields.get("model name", part), frozenset(flags.split())


def _sysctl() -> str:
    names = ("machdep.cpu.brand_string", *_OF_SYSCTL)
    try:
        done = subprocess.run(  # noqa: S603 nothing in it comes from outside
            ["/usr/sbin/sysctl", *names], capture_output=True, text=True, check=False, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout  # names it does not know are left out of it, and said on stderr


def _of_sysctl(text: str) -> tuple[str, frozenset[str]]:
    fields = _fields(text)
    flags = frozenset(flag for name, flag in _OF_SYSCTL.items() if fields.get(name) == "1")
    return fields.get("machdep.cpu.brand_string", ""), flags


def _fields(text: str) -> Mapping[str, str]:
    pairs = (line.partition(":") for line in text.splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs}
