"""Writes the fixtures that VP-Score is compared with: a small network in the form of ImageReward, run by its published code.

    pip install --no-deps -r requirements-imagereward.txt
    python imagereward.py ../../models/src/test/resources/reference/imagereward ../../demo/models/reward/vocab.txt

The folder holds the network as `VpScore.load` reads it, with `fixtures.safetensors` (inputs, scores, gradients) beside it.
"""

import importlib.util
import json
import pathlib
import shutil
import sys
import types

import torch
from safetensors.torch import save_file

# The packages' own __init__ files import every other reward model and a trainer; only these modules are wanted.
root = pathlib.Path(importlib.util.find_spec("ImageReward").submodule_search_locations[0])
for name, path in (("ImageReward", root), ("ImageReward.models", root / "models")):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [str(path)]

from ImageReward.ImageReward import MLP, ImageReward, _transform
from ImageReward.models.BLIP.blip_pretrain import BLIP_Pretrain
from ImageReward.models.BLIP.med import BertConfig, BertModel
from ImageReward.models.BLIP.vit import VisionTransformer
from PIL import Image
from transformers import BertTokenizer

SIDE, PATCH, LENGTH = 32, 8, 35
VISION = dict(embed_dim=48, depth=3, num_heads=6)
TEXT = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=128)
PROMPTS = ["a red circle above a blue square", "two green triangles, 3 cyan squares (café)!"]


def network(tokenizer):
    blip = BLIP_Pretrain.__new__(BLIP_Pretrain)
    torch.nn.Module.__init__(blip)
    blip.visual_encoder = VisionTransformer(img_size=SIDE, patch_size=PATCH, **VISION)
    config = BertConfig(
        vocab_size=len(tokenizer),
        max_position_embeddings=64,
        encoder_width=VISION["embed_dim"],
        add_cross_attention=True,
        **TEXT,
    )
    blip.text_encoder = BertModel(config=config, add_pooling_layer=False)
    model = ImageReward.__new__(ImageReward)
    torch.nn.Module.__init__(model)
    model.device, model.blip, model.mlp = "cpu", blip, MLP(TEXT["hidden_size"])
    model.mean, model.std = 0.17, 1.03
    return model


def randomise(model):
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, value in model.named_parameters():
            noise = torch.randn(value.shape, generator=generator)
            norm = "norm" in name.lower() and name.endswith("weight")
            fan = max(1, value[0].numel()) ** 0.5 if value.dim() > 1 else 5
            value.copy_(noise / fan + (1.0 if norm else 0.0))
    return model.eval()


def main():
    folder, vocabulary = pathlib.Path(sys.argv[1]), sys.argv[2]
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    tokenizer = BertTokenizer(vocabulary, do_lower_case=True)
    model = randomise(network(tokenizer))
    generator = torch.Generator().manual_seed(2)
    pixels = torch.randint(0, 256, (2, 3, SIDE, SIDE), generator=generator, dtype=torch.uint8)
    prepare = _transform(SIDE)
    images = torch.stack([prepare(Image.fromarray(p.permute(1, 2, 0).numpy())) for p in pixels])

    values = {"pixels": pixels}
    text = tokenizer(PROMPTS, padding="max_length", truncation=True, max_length=LENGTH, return_tensors="pt")
    # every image with every prompt
    rewards = [
        model.score_gard(text.input_ids[t : t + 1], text.attention_mask[t : t + 1], images[i : i + 1]).view(())
        for t in range(len(PROMPTS))
        for i in range(len(images))
    ]
    values["rewards"] = torch.stack(rewards)
    # the Bradley-Terry loss of the first image being better for the first prompt, on raw rewards
    torch.nn.functional.softplus((rewards[1] - rewards[0]) * model.std).backward()
    for name, parameter in model.named_parameters():
        if parameter.grad is not None:
            values["gradient." + name] = parameter.grad

    # away from black and white: Pillow clips what overshoots between its two passes
    large = torch.randint(90, 166, (3, 50, 90), generator=generator, dtype=torch.uint8)
    values["large"], values["prepared"] = large, prepare(Image.fromarray(large.permute(1, 2, 0).numpy()))

    weights = {k: v.contiguous() for k, v in model.state_dict().items() if not k.endswith("position_ids")}
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    save_file({k: v.detach().clone().contiguous() for k, v in values.items()}, folder / "fixtures.safetensors")
    shutil.copy(vocabulary, folder / "vocab.txt")
    config = dict(
        model_type="vp_score",
        image_size=SIDE,
        patch_size=PATCH,
        vision_width=VISION["embed_dim"],
        vision_depth=VISION["depth"],
        vision_heads=VISION["num_heads"],
        vocab_size=len(tokenizer),
        text_width=TEXT["hidden_size"],
        text_depth=TEXT["num_hidden_layers"],
        text_heads=TEXT["num_attention_heads"],
        max_positions=64,
        max_length=LENGTH,
        head_widths=[1024, 128, 64, 16, 1],
        head_dropout=[0.2, 0.2, 0.1],
        score_mean=model.mean,
        score_std=model.std,
    )
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")


if __name__ == "__main__":
    main()
