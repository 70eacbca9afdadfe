"""LoRA between diffusers and Preflow, in both directions.

    pip install -r requirements-lora.txt

What diffusers and peft write, for Preflow's tests; after `fixtures.py`, whose model of Stable Diffusion 1.x it adapts:

    python lora.py write ../../models/src/test/resources/reference

What Preflow wrote (its test LoraExchangeTest does, for the demo's base), loaded in diffusers and drawn from the same latents:

    python lora.py compare ../../demo/models/base ../../models/target/lora
"""

import json
import pathlib
import shutil
import sys

import diffusers
import peft
import torch
import transformers
from diffusers import StableDiffusionPipeline
from diffusers.utils import convert_state_dict_to_kohya
from peft import LoraConfig
from peft.utils import get_peft_model_state_dict
from safetensors import safe_open
from safetensors.torch import load_file, save_file

SEED = 11
PROMPTS = ["a red circle above a blue square", "two green triangles"]
UNET = ["to_q", "to_k", "to_v", "to_out.0", "proj_in", "ff.net.0.proj", "ff.net.2", "conv1", "downsamplers.0.conv"]
TEXT = ["q_proj", "k_proj", "v_proj", "out_proj"]


def load(folder):
    pipeline = StableDiffusionPipeline.from_pretrained(folder, safety_checker=None)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def adapted(folder):
    """A pipeline with random adapters of other ranks and alphas in either network."""
    pipeline = load(folder)
    pipeline.unet.requires_grad_(False)
    pipeline.text_encoder.requires_grad_(False)
    pipeline.unet.add_adapter(LoraConfig(r=3, lora_alpha=5, target_modules=UNET, alpha_pattern={"proj_in": 2}))
    pipeline.text_encoder.add_adapter(LoraConfig(r=2, lora_alpha=6, target_modules=TEXT))
    generator = torch.Generator().manual_seed(SEED)
    for network in (pipeline.unet, pipeline.text_encoder):
        for name, value in network.named_parameters():
            if "lora_" in name:
                with torch.no_grad():
                    value.copy_(0.2 * torch.randn(value.shape, generator=generator))
    return pipeline


def outputs(pipeline, values, name):
    """What the networks answer to the fixtures' inputs."""
    context = pipeline.text_encoder(values["ids"])[0]
    output = pipeline.unet(values["latents"], values["timesteps"], context).sample
    return {f"{name}.context": context, f"{name}.output": output}


def config(network):
    return {**network.peft_config["default"].to_dict(), "base_model_name_or_path": None}


def write(reference):
    base = reference / "sd1"
    folder = reference / "lora"
    shutil.rmtree(folder, ignore_errors=True)
    values = load_file(base / "fixtures.safetensors")
    pipeline = adapted(base)
    unet, text = get_peft_model_state_dict(pipeline.unet), get_peft_model_state_dict(pipeline.text_encoder)
    StableDiffusionPipeline.save_lora_weights(
        folder,
        unet_lora_layers=unet,
        text_encoder_lora_layers=text,
        unet_lora_adapter_metadata=config(pipeline.unet),
        text_encoder_lora_adapter_metadata=config(pipeline.text_encoder),
    )
    expected = outputs(pipeline, values, "diffusers")
    (expected["diffusers.output"] * values["probe"]).sum().backward()
    for prefix, network in (("unet", pipeline.unet), ("text_encoder", pipeline.text_encoder)):
        for name, value in network.named_parameters():
            if "lora_" in name:
                expected[f"gradient.{prefix}.{name.replace('.default', '')}"] = value.grad

    # this conversion knows no alpha: it writes the ranks
    both = {f"unet.{k}": v for k, v in unet.items()} | {f"text_encoder.{k}": v for k, v in text.items()}
    kohya = convert_state_dict_to_kohya(both)
    kohya = {k: v.float().contiguous() for k, v in kohya.items()}
    save_file(kohya, folder / "kohya.safetensors", {"ss_network_module": "networks.lora"})
    plain = load(base)
    plain.load_lora_weights(folder, weight_name="kohya.safetensors")
    with torch.no_grad():
        expected |= outputs(plain, values, "kohya")
    versions = {m.__name__: m.__version__ for m in (torch, diffusers, transformers, peft)}
    save_file({k: v.detach().contiguous() for k, v in expected.items()}, folder / "expected.safetensors", versions)


def compare(base, folder):
    values = load_file(folder / "drawn.safetensors")
    with safe_open(folder / "drawn.safetensors", "pt") as file:
        options = json.loads(file.metadata()["options"])
    worst = 0.0
    for form in ("base", "diffusers", "kohya"):
        pipeline = load(base)
        if form != "base":
            pipeline.load_lora_weights(folder, weight_name=f"{form}.safetensors")
        with torch.no_grad():
            images = pipeline(
                options["prompts"],
                latents=values["latents"].clone(),
                num_inference_steps=options["steps"],
                guidance_scale=options["guidance"],
                output_type="pt",
            ).images
        own = values["base" if form == "base" else "lora"]
        off = (images - own).abs().max().item()
        changed = (images - values["base"]).abs().max().item()
        print(f"{form}: largest difference from Preflow {off:.2e}, from the base {changed:.2e}")
        worst = max(worst, off)
        if form != "base" and not changed > 0.05:
            sys.exit(f"{form}: the LoRA changes nothing")
    if not worst < 1e-3:
        sys.exit("The pixels differ")


if __name__ == "__main__":
    torch.set_num_threads(1)
    {"write": write, "compare": compare}[sys.argv[1]](*map(pathlib.Path, sys.argv[2:]))
