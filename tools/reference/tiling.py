"""Writes what diffusers' autoencoder makes of images and latents in tiles, by the weights of the sd1 fixture.

    pip install -r requirements.txt
    python tiling.py ../../models/src/test/resources/reference
"""

import pathlib
import sys

import diffusers
import torch
from diffusers import AutoencoderKL
from safetensors.torch import save_file

root = pathlib.Path(sys.argv[1])
vae = AutoencoderKL.from_pretrained(root / "sd1" / "vae").eval()
vae.enable_tiling()
side, latent = vae.tile_sample_min_size, vae.tile_latent_min_size
generator = torch.Generator().manual_seed(7)
# neither side a multiple of the tiles' steps
latents = torch.randn(2, vae.config.latent_channels, 2 * latent + 3, 3 * latent - 1, generator=generator)
images = torch.randn(1, 3, 2 * side + side // 2, side + side // 4, generator=generator).clamp(-1, 1)
with torch.no_grad():
    values = {
        "latents": latents,
        "decoded": vae.decode(latents).sample,
        "images": images,
        "encoded": vae.encode(images).latent_dist.mean,
    }
(root / "tiling").mkdir(exist_ok=True)
save_file(
    {name: value.contiguous() for name, value in values.items()},
    root / "tiling" / "fixtures.safetensors",
    metadata={"diffusers": diffusers.__version__, "torch": torch.__version__},
)
