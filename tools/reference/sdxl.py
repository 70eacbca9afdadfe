"""Writes SDXL's drawings from an image: by the base, told of other sizes than the image's, and by a small refiner.

After `fixtures.py`, whose model of SDXL it draws with; nothing else in the folder is touched:

    pip install -r requirements.txt
    python sdxl.py ../../models/src/test/resources/reference

- `sdxl/img2img.safetensors`: what `StableDiffusionXLImg2ImgPipeline` draws by the small SDXL.
- `sdxl-refiner`: a small model in the form of SDXL's refiner, as published, and what the same pipeline draws by it.
"""

import pathlib
import shutil
import sys

import torch
from diffusers import StableDiffusionXLImg2ImgPipeline, UNet2DConditionModel
from fixtures import GUIDANCE, NEGATIVE, PROMPTS, SAMPLERS, SIDE, STEPS, STRENGTH, networks, randomise, save
from transformers import CLIPTextModelWithProjection, CLIPTokenizer

# height before width, and top before left
TOLD = dict(original_size=(64, 48), crops_coords_top_left=(3, 5), target_size=(40, 32))
# the first level and the last do not attend, as in the published refiner
REFINER = dict(
    block_out_channels=(8, 16, 16, 16),
    layers_per_block=1,
    down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
    up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    cross_attention_dim=24,
    attention_head_dim=(1, 2, 4, 4),
    transformer_layers_per_block=2,
    use_linear_projection=True,
    addition_embed_type="text_time",
    addition_time_embed_dim=8,
    projection_class_embeddings_input_dim=20 + 5 * 8,
)


def drawings(pipeline, file, cases):
    """The same image drawn on, once for each case."""
    pipeline.set_progress_bar_config(disable=True)
    generator = torch.Generator().manual_seed(8)
    values = {"image": torch.randint(0, 256, (2, 3, 32, 16), generator=generator) / 255}
    for name, options in cases.items():
        state = generator.get_state()
        # the encoder's noise, then that of the start
        for i in range(2):
            values[f"{name}.{i}"] = torch.randn((2, 4, 16, 8), generator=generator)
        generator.set_state(state)
        values[name] = pipeline(
            PROMPTS,
            image=values["image"],
            strength=STRENGTH,
            num_inference_steps=STEPS,
            guidance_scale=GUIDANCE,
            generator=generator,
            output_type="pt",
            **options,
        ).images
    save(values, file, {})


def base(folder):
    pipeline = StableDiffusionXLImg2ImgPipeline.from_pretrained(folder / "sdxl", add_watermarker=False)
    cases = {
        "from": dict(negative_prompt=NEGATIVE),
        "absent": {},
        "told": dict(negative_prompt=NEGATIVE, **TOLD),
    }
    drawings(pipeline, folder / "sdxl" / "img2img.safetensors", cases)


def refiner(folder):
    source, target = folder / "sdxl", folder / "sdxl-refiner"
    unet = UNet2DConditionModel(sample_size=SIDE, in_channels=4, out_channels=4, norm_num_groups=8, **REFINER)
    pipeline = StableDiffusionXLImg2ImgPipeline(
        vae=networks("sdxl")[1],
        text_encoder=None,
        text_encoder_2=CLIPTextModelWithProjection.from_pretrained(source / "text_encoder_2"),
        tokenizer=None,
        tokenizer_2=CLIPTokenizer.from_pretrained(source / "tokenizer_2"),
        unet=randomise(unet, 12),
        scheduler=SAMPLERS["sdxl"],
        requires_aesthetics_score=True,
        force_zeros_for_empty_prompt=False,
        add_watermarker=False,
    )
    if target.exists():
        shutil.rmtree(target)
    pipeline.save_pretrained(target)
    # the very files that Preflow reads
    shutil.rmtree(target / "tokenizer_2")
    shutil.copytree(source / "tokenizer_2", target / "tokenizer_2")
    told = {key: value for key, value in TOLD.items() if key != "target_size"}
    cases = {"from": dict(negative_prompt=NEGATIVE), "absent": {}, "told": dict(negative_prompt=NEGATIVE, **told)}
    drawings(pipeline, target / "fixtures.safetensors", cases)


if __name__ == "__main__":
    torch.set_num_threads(1)
    base(pathlib.Path(sys.argv[1]))
    refiner(pathlib.Path(sys.argv[1]))
