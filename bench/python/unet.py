"""Times the U-Net of Stable Diffusion 1.5 in diffusers, on one thread or a GPU and seeded random weights.

    python unet.py FOLDER RUNS [CONFIG.json [DEVICE float16|float32]]

Writes weights, inputs and output into the folder on its first run, for dev.preflow.bench.UNetBenchmark to read. CONFIG.json
is another U-Net's config, of which a batch of 16 of its own size is timed; "-" is Stable Diffusion's.
"""

import json
import pathlib
import sys

import timings
import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import load_file, save_file

STABLE_DIFFUSION = dict(
    sample_size=64,
    block_out_channels=(320, 640, 1280, 1280),
    layers_per_block=2,
    attention_head_dim=8,
    cross_attention_dim=768,
    down_block_types=("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",),
    up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3,
)
TIMESTEP = 500


def write(folder, config):
    torch.manual_seed(1)
    batch, tokens = (1, 77) if config is STABLE_DIFFUSION else (16, 24)
    unet = UNet2DConditionModel.from_config(config).eval()
    unet.save_pretrained(folder)
    side = unet.config.sample_size
    values = {
        "latents": torch.randn(batch, 4, side, side),
        "context": torch.randn(batch, tokens, unet.config.cross_attention_dim),
        "timestep": torch.tensor(float(TIMESTEP)),
    }
    with torch.no_grad():
        values["output"] = unet(values["latents"], TIMESTEP, values["context"]).sample
    save_file({name: value.contiguous() for name, value in values.items()}, folder / "values.safetensors")


def main():
    folder, runs = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    device = sys.argv[4] if len(sys.argv) > 4 else "cpu"
    dtype = getattr(torch, sys.argv[5]) if len(sys.argv) > 5 else torch.float32
    if device == "cpu":
        torch.set_num_threads(1)
    if not (folder / "values.safetensors").exists():
        other = sys.argv[3] if len(sys.argv) > 3 else "-"
        write(folder, STABLE_DIFFUSION if other == "-" else json.loads(pathlib.Path(other).read_text()))
    unet = UNet2DConditionModel.from_pretrained(folder).eval().to(device, dtype)
    values = {name: value.to(device, dtype) for name, value in load_file(folder / "values.safetensors").items()}

    def forward():
        return unet(values["latents"], TIMESTEP, values["context"]).sample

    def backward():
        unet.zero_grad(set_to_none=False)
        forward().square().mean().backward()

    with torch.no_grad():
        # warms up
        forward()
        timings.show("U-Net forward", runs, forward)
    timings.show("U-Net forward + backward", runs, backward)


if __name__ == "__main__":
    main()
