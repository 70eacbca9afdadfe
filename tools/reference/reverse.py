"""The other direction: draws by diffusers what Preflow drew, from what Preflow wrote and from the same noise.

    ./mvnw -q -pl bench -am package -DskipTests
    java -cp 'bench/target/lib/*' dev.preflow.bench.Drawings demo/models/base /tmp/drawings.safetensors
    python tools/reference/reverse.py demo/models/base /tmp/drawings.safetensors

Prints the greatest difference of pixels in [0, 1] of each sampler, plain and guided; fails where it is above 1e-3.
"""

import sys

import diffusers
import torch
from diffusers import StableDiffusionPipeline
from safetensors.torch import load_file

# as dev.preflow.bench.Drawings has them
PROMPTS = ["a red circle", "a blue square above a green triangle"]
NEGATIVE = "a yellow star"
GUIDANCE = {"plain": 1.0, "guided": 3.0}
STEPS = 20
CLOSE = 1e-3


def main():
    folder, drawings = sys.argv[1], load_file(sys.argv[2])
    torch.set_num_threads(1)
    pipeline = StableDiffusionPipeline.from_pretrained(folder)
    pipeline.set_progress_bar_config(disable=True)
    own = pipeline.scheduler.config
    worst = 0.0
    for case in sorted({name.rsplit(".", 2)[0] for name in drawings}):
        sampler, kind = case.split(".")
        pipeline.scheduler = getattr(diffusers, sampler).from_config(own)
        for i, prompt in enumerate(PROMPTS):
            image = pipeline(
                prompt,
                negative_prompt=NEGATIVE,
                latents=drawings[f"{case}.{i}.noise"].clone(),
                num_inference_steps=STEPS,
                guidance_scale=GUIDANCE[kind],
                output_type="pt",
            ).images
            difference = (image - drawings[f"{case}.{i}.pixels"]).abs().max().item()
            worst = max(worst, difference)
            print(f"{case} {prompt!r}: {difference:.1e}, of pixels from {image.min():.2f} to {image.max():.2f}")
    sys.exit(0 if worst < CLOSE else f"the greatest difference is {worst:.1e}")


if __name__ == "__main__":
    main()
