"""Times the drawing of images by diffusers, with random weights of the size of SD 1.5 or SDXL.

    python pipeline.py FOLDER TOKENIZER sd15|sdxl BATCH STEPS RUNS DEVICE float16|float32

Writes a diffusers directory into the folder on its first run, for dev.preflow.bench.DrawingBenchmark and PpoBenchmark to
draw and train with. TOKENIZER is the folder of any CLIP tokenizer.
"""

import pathlib
import shutil
import sys

import timings
import torch
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer
from unet import STABLE_DIFFUSION

SDXL_UNET = dict(
    sample_size=128,
    block_out_channels=(320, 640, 1280),
    attention_head_dim=(5, 10, 20),
    cross_attention_dim=2048,
    transformer_layers_per_block=(1, 2, 10),
    use_linear_projection=True,
    addition_embed_type="text_time",
    addition_time_embed_dim=256,
    projection_class_embeddings_input_dim=2816,
    down_block_types=("DownBlock2D",) + ("CrossAttnDownBlock2D",) * 2,
    up_block_types=("CrossAttnUpBlock2D",) * 2 + ("UpBlock2D",),
)
BLOCKS = dict(
    down_block_types=("DownEncoderBlock2D",) * 4,
    up_block_types=("UpDecoderBlock2D",) * 4,
    block_out_channels=(128, 256, 512, 512),
    layers_per_block=2,
    latent_channels=4,
)
SCHEDULER = dict(
    beta_start=0.00085,
    beta_end=0.012,
    beta_schedule="scaled_linear",
    clip_sample=False,
    set_alpha_to_one=False,
    steps_offset=1,
)


def text(tokenizer, width, layers, heads, activation, projection=None):
    config = CLIPTextConfig(
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        hidden_size=width,
        intermediate_size=4 * width,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        hidden_act=activation,
        projection_dim=projection or width,
    )
    return (CLIPTextModelWithProjection if projection else CLIPTextModel)(config)


def make(family, tokenizer):
    torch.manual_seed(1)
    common = dict(
        scheduler=DDIMScheduler(**SCHEDULER),
        tokenizer=tokenizer,
        text_encoder=text(tokenizer, 768, 12, 12, "quick_gelu"),
    )
    if family == "sd15":
        return StableDiffusionPipeline(
            **common,
            unet=UNet2DConditionModel(**STABLE_DIFFUSION),
            vae=AutoencoderKL(**BLOCKS, sample_size=512, force_upcast=False),
            safety_checker=None,
            feature_extractor=None,
        )
    return StableDiffusionXLPipeline(
        **common,
        text_encoder_2=text(tokenizer, 1280, 32, 20, "gelu", 1280),
        tokenizer_2=tokenizer,
        unet=UNet2DConditionModel(**SDXL_UNET),
        vae=AutoencoderKL(**BLOCKS, sample_size=1024, scaling_factor=0.13025),
    )


def main():
    folder, tokenizer, family = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    batch, steps, runs = map(int, sys.argv[4:7])
    device, dtype = sys.argv[7], getattr(torch, sys.argv[8])
    if not (folder / "model_index.json").exists():
        # a GPU draws random weights much faster
        with torch.device(device):
            made = make(family, CLIPTokenizer.from_pretrained(tokenizer))
        made.to(dtype).save_pretrained(folder)
        del made
        # as it was: transformers writes its own newer form
        for name in ("tokenizer", "tokenizer_2"):
            if (folder / name).exists():
                shutil.copytree(tokenizer, folder / name, dirs_exist_ok=True)
    kind = StableDiffusionPipeline if family == "sd15" else StableDiffusionXLPipeline
    pipeline = kind.from_pretrained(folder, torch_dtype=dtype).to(device)
    pipeline.set_progress_bar_config(disable=True)

    def draw():
        seeds = [torch.Generator(device).manual_seed(i) for i in range(batch)]
        pipeline(["a red circle"] * batch, num_inference_steps=steps, guidance_scale=7.5, generator=seeds)

    # warms up
    draw()
    timings.show(f"drawing of {batch} images in {steps} steps", runs, draw)


if __name__ == "__main__":
    main()
