"""TransNetV2 (Soucek and Lokoc, 2020) in torch, shaped for conversion. Only building the artifact imports this.

Windows may have any length. In the similarity band a frame is compared with the frames that it would have beside it in
the reference's window of 100, and no others: given more of them the heads say other things than they were trained to.
The convolutions see all of a longer window.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from newsreel.models.shots.config import BLOCK, CONTEXT, FRAME, MAX_WINDOW

__all__ = ["TransNetV2"]

State = dict[str, Tensor]

DILATIONS = (1, 2, 4, 8)
FILTERS = (16, 32, 64)
"""Of each branch, by stage."""
REACH = 50
"""How many frames to each side a frame is compared with."""
LEVELS, BINS = 8, 512
"""A colour histogram has 8 levels of each of red, green and blue."""


class TransNetV2(nn.Module):
    """uint8 `[batch, frames, 27, 48, 3]` to float32 `[batch, frames, 2]`: what the single and the many-hot head say."""

    def __init__(self, published: State) -> None:
        """From the published weights, by their names. Raises KeyError when they are others."""
        super().__init__()
        self.stages = nn.ModuleList(_Stage(f"SDDCNN.{n}", published) for n in range(len(FILTERS)))
        self.projection = _linear("frame_sim_layer.projection", published)
        self.similarity = _linear("frame_sim_layer.fc", published)
        self.histogram = _linear("color_hist_layer.fc", published)
        self.hidden = _linear("fc1", _channels_first(published))
        self.heads = _linear("heads", _one_head(published))
        self.beside = nn.Parameter(_beside())
        self.eval().requires_grad_(False)

    @classmethod
    def load(cls, weights: Path) -> TransNetV2:
        """Read the published weights, as tensors only. Raises KeyError when they are others."""
        return cls(torch.load(weights, map_location="cpu", weights_only=True))

    def forward(self, frames: Tensor) -> Tensor:
        """See the class."""
        values = frames.float()
        states = values.permute(0, 4, 1, 2, 3) / 255
        means = []
        for stage in self.stages:
            states = stage(states)
            means.append(states.mean((3, 4)).transpose(1, 2))
        features = [
            self._seen_colours(values),
            self.similarity(self._neighbours(self.projection(torch.cat(means, 2)))).relu(),
            states.transpose(1, 2).flatten(2),
        ]
        probabilities: Tensor = self.heads(self.hidden(torch.cat(features, 2)).relu()).sigmoid()
        return probabilities

    def _seen_colours(self, values: Tensor) -> Tensor:
        levels = (values.reshape(-1, FRAME[0] * FRAME[1], FRAME[2]) * LEVELS / 256).floor()
        red, green, blue = levels.unbind(2)
        bins = ((red * LEVELS + green) * LEVELS + blue).long()
        counts = torch.zeros(bins.shape[0], BINS).scatter_add(1, bins, torch.ones_like(red))
        seen: Tensor = self.histogram(self._neighbours(counts.reshape(*values.shape[:2], BINS))).relu()
        return seen

    def _neighbours(self, features: Tensor) -> Tensor:
        """`[batch, frames, 2 * REACH + 1]`: each frame's cosine to those beside it; 0 where there is none to compare.

        A row of the padded matrix is one shorter than a row of the result's, so that laying the same numbers out anew
        moves each row one further to the left: the diagonal band becomes the first columns.
        """
        frames = features.shape[1]
        unit = functional.normalize(features, dim=2)
        cosines = functional.pad(unit @ unit.transpose(1, 2), (REACH, REACH))
        flat = functional.pad(cosines.reshape(-1, frames * (frames + 2 * REACH)), (0, frames))
        band = flat.reshape(-1, frames, frames + 2 * REACH + 1)[:, :, : 2 * REACH + 1]
        return band * self.beside[:frames]


class _Stage(nn.Module):
    """Two dilated layers with a shortcut around the second, then half the rows and columns."""

    def __init__(self, name: str, published: State) -> None:
        super().__init__()
        self.first = _DilatedLayer(f"{name}.DDCNN.0", published)
        self.second = _DilatedLayer(f"{name}.DDCNN.1", published)

    def forward(self, states: Tensor) -> Tensor:
        shortcut = self.first(states)
        return functional.avg_pool3d(self.second(shortcut) + shortcut, (1, 2, 2))


class _DilatedLayer(nn.Module):
    """Four branches, each over space and then over time at its own dilation, side by side.

    The batch normalisation behind those over time is folded into them. The branches' convolutions over space could be
    one, but splitting its result costs more than joining them saves, and OpenVINO's int8 was wrong behind the split.
    """

    def __init__(self, name: str, published: State) -> None:
        super().__init__()
        scale = published[f"{name}.bn.weight"] / (published[f"{name}.bn.running_var"] + 1e-3).sqrt()
        shift = published[f"{name}.bn.bias"] - published[f"{name}.bn.running_mean"] * scale
        branches = [f"{name}.Conv3D_{d}.layers" for d in DILATIONS]
        self.space = nn.ParameterList(published[f"{branch}.0.weight"] for branch in branches)
        self.time = nn.ParameterList(
            published[f"{branch}.1.weight"] * part[:, None, None, None, None]
            for branch, part in zip(branches, scale.chunk(len(DILATIONS)), strict=True)
        )
        self.bias = nn.ParameterList(shift.chunk(len(DILATIONS)))

    def forward(self, states: Tensor) -> Tensor:
        branches = []
        for n, d in enumerate(DILATIONS):
            spread = functional.conv3d(states, self.space[n], padding=(0, 1, 1))
            over_time = functional.conv3d(spread, self.time[n], self.bias[n], padding=(d, 0, 0), dilation=(d, 1, 1))
            branches.append(over_time.relu())
        return torch.cat(branches, 1)


def _beside() -> Tensor:
    """`[MAX_WINDOW, 2 * REACH + 1]`: 1 where the frame so far before or behind is in the reference's window, else 0.

    The reference's windows keep frames [n, n + BLOCK) and reach CONTEXT further on either side.
    """
    frames = torch.arange(MAX_WINDOW)[:, None]
    others = frames + torch.arange(-REACH, REACH + 1)
    start = (frames - CONTEXT).div(BLOCK, rounding_mode="floor") * BLOCK + CONTEXT
    return ((others >= start - CONTEXT) & (others < start + BLOCK + CONTEXT)).float()


def _linear(name: str, weights: State) -> nn.Linear:
    weight = weights[f"{name}.weight"]
    layer = nn.Linear(weight.shape[1], weight.shape[0])
    layer.weight, layer.bias = nn.Parameter(weight), nn.Parameter(weights[f"{name}.bias"])
    return layer


def _channels_first(published: State) -> State:
    """`fc1` for states laid out as ours: channels, rows, columns, where the published one has channels last."""
    weight = published["fc1.weight"]
    rows, columns, channels = FRAME[0] // 8, FRAME[1] // 8, FILTERS[-1] * len(DILATIONS)
    seen, states = weight[:, : -rows * columns * channels], weight[:, -rows * columns * channels :]
    moved = states.reshape(-1, rows, columns, channels).permute(0, 3, 1, 2).flatten(1)
    return {"fc1.weight": torch.cat((seen, moved), 1), "fc1.bias": published["fc1.bias"]}


def _one_head(published: State) -> State:
    """Both heads as one layer of two."""
    return {
        f"heads.{part}": torch.cat((published[f"cls_layer1.{part}"], published[f"cls_layer2.{part}"]))
        for part in ("weight", "bias")
    }
