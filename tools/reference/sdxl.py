"""Writes SDXL's drawings from an image, plain and told of other sizes than the image's.

After `fixtures.py`, whose model of SDXL it draws with; nothing else in the folder is touched:

    pip install -r requirements.txt
    python sdxl.py ../../models/src/test/resources/reference

- `sdxl/img2img.safetensors`: what `StableDiffusionXLImg2ImgPipeline` draws by the small SDXL.
"""

import pathlib
import sys

import torch
from diffusers import StableDiffusionXLImg2ImgPipeline
from fixtures import GUIDANCE, NEGATIVE, PROMPTS, STEPS, STRENGTH, save

# height before width, and top before left
TOLD = dict(original_size=(64, 48), crops_coords_top_left=(3, 5), target_size=(40, 32))


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


if __name__ == "__main__":
    torch.set_num_threads(1)
    base(pathlib.Path(sys.argv[1]))
