"""TransNetV2 (Soucek and Lokoc, 2020) in torch, shaped for conversion. Only building the artifact imports this.

Between layers a batch of films is `[batch * WINDOW, channels, rows, columns]`, so that a convolution over space is an
ordinary two-dimensional one; for one over time it is turned into `[batch, channels, WINDOW, rows * columns]`, and that
is one too. Runtimes have fast kernels for these and slow ones for three dimensions.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from newsreel.models.shots.config import FRAME, WINDOW

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
    """uint8 `[batch, 100, 27, 48, 3]` to float32 `[batch, 100, 2]`: what the single and the many-hot head say."""

    def __init__(self, published: State) -> None:
        """From the published weights, by their names. Raises KeyError when they are others."""
        super().__init__()
        self.stages = nn.ModuleList(_Stage(f"SDDCNN.{n}", published) for n in range(len(FILTERS)))
        self.projection = _linear("frame_sim_layer.projection", published)
        self.similarity = _linear("frame_sim_layer.fc", published)
        self.histogram = _linear("color_hist_layer.fc", published)
        self.hidden = _linear("fc1", _channels_first(published))
        self.heads = _linear("heads", _one_head(published))
        self.eval().requires_grad_(False)

    @classmethod
    def load(cls, weights: Path) -> TransNetV2:
        """Read the published weights, as tensors only. Raises KeyError when they are others."""
        return cls(torch.load(weights, map_location="cpu", weights_only=True))

    def forward(self, frames: Tensor) -> Tensor:
        """See the class."""
        batch = frames.shape[0]
        values = frames.float()
        states = (values / 255).reshape(-1, *FRAME).permute(0, 3, 1, 2)
        means = []
        for stage in self.stages:
            states = stage(states)
            means.append(states.mean((2, 3)).reshape(batch, WINDOW, -1))
        features = [
            self._seen_colours(values),
            self._seen_content(torch.cat(means, 2)),
            states.reshape(batch, WINDOW, -1),
        ]
        probabilities: Tensor = self.heads(self.hidden(torch.cat(features, 2)).relu()).sigmoid()
        return probabilities

    def _seen_content(self, means: Tensor) -> Tensor:
        seen: Tensor = self.similarity(_neighbours(self.projection(means))).relu()
        return seen

    def _seen_colours(self, values: Tensor) -> Tensor:
        levels = (values.reshape(-1, FRAME[0] * FRAME[1], FRAME[2]) * LEVELS / 256).floor()
        red, green, blue = levels.unbind(2)
        bins = ((red * LEVELS + green) * LEVELS + blue).long()
        counts = torch.zeros(bins.shape[0], BINS).scatter_add(1, bins, torch.ones_like(red))
        seen: Tensor = self.histogram(_neighbours(counts.reshape(-1, WINDOW, BINS))).relu()
        return seen


class _Stage(nn.Module):
    """Two dilated layers with a shortcut around the second, then half the rows and columns."""

    def __init__(self, name: str, published: State) -> None:
        super().__init__()
        self.first = _DilatedLayer(f"{name}.DDCNN.0", published)
        self.second = _DilatedLayer(f"{name}.DDCNN.1", published)

    def forward(self, states: Tensor) -> Tensor:
        shortcut = self.first(states).relu()
        return functional.avg_pool2d(self.second(shortcut).relu() + shortcut, 2)


class _DilatedLayer(nn.Module):
    """Four branches, each over space and then over time at its own dilation, side by side.

    The branches' convolutions over space are one; the batch normalisation behind those over time is folded into them.
    """

    def __init__(self, name: str, published: State) -> None:
        super().__init__()
        space = [published[f"{name}.Conv3D_{d}.layers.0.weight"].squeeze(2) for d in DILATIONS]
        time = [published[f"{name}.Conv3D_{d}.layers.1.weight"].squeeze(4) for d in DILATIONS]
        scale = published[f"{name}.bn.weight"] / (published[f"{name}.bn.running_var"] + 1e-3).sqrt()
        shift = published[f"{name}.bn.bias"] - published[f"{name}.bn.running_mean"] * scale
        self.space = nn.Parameter(torch.cat(space))
        self.time = nn.ParameterList(
            weight * part[:, None, None, None] for weight, part in zip(time, scale.chunk(len(DILATIONS)), strict=True)
        )
        self.bias = nn.ParameterList(shift.chunk(len(DILATIONS)))

    def forward(self, states: Tensor) -> Tensor:
        rows, columns = states.shape[2:]
        spread = functional.conv2d(states, self.space, padding=1)
        branches = spread.reshape(-1, WINDOW, len(DILATIONS), spread.shape[1] // len(DILATIONS), rows * columns)
        branches = branches.permute(2, 0, 3, 1, 4)
        joined = torch.cat(
            [
                functional.conv2d(branches[n], self.time[n], self.bias[n], padding=(d, 0), dilation=(d, 1))
                for n, d in enumerate(DILATIONS)
            ],
            1,
        )
        channels = joined.shape[1]
        return joined.permute(0, 2, 1, 3).reshape(-1, channels, rows, columns)


def _neighbours(features: Tensor) -> Tensor:
    """`[batch, WINDOW, 2 * REACH + 1]`: each frame's cosine to those up to REACH before and after; 0 beyond the window.

    A row of the padded matrix is one shorter than a row of the result's, so that laying the same numbers out anew
    moves each row one further to the left: the diagonal band becomes the first columns.
    """
    unit = functional.normalize(features, dim=2)
    cosines = functional.pad(unit @ unit.transpose(1, 2), (REACH, REACH))
    flat = functional.pad(cosines.reshape(-1, WINDOW * (WINDOW + 2 * REACH)), (0, WINDOW))
    return flat.reshape(-1, WINDOW, WINDOW + 2 * REACH + 1)[:, :, : 2 * REACH + 1]


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
