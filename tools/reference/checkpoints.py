"""Writes the fixtures of checkpoints in the forms in which they are published in one file.

From the small models that `fixtures.py` and `imagereward.py` have written, after which this runs:

    pip install -r requirements.txt
    python checkpoints.py ../../models/src/test/resources/reference

- `imagereward/ImageReward.pt` and `checkpoints/model_base.pth`: the small ImageReward network as it and BLIP are published.
- `checkpoints/sd1.safetensors` and its like: the small pipelines under the names of latent diffusion's own code.
- `checkpoints/*.json`: names and shapes of full-size files, with the configs that diffusers has for them.

Every translation of names is checked by diffusers' own, which goes the other way.
"""

import collections
import json
import pathlib
import re
import sys

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from diffusers.loaders import single_file_utils as official
from safetensors.torch import load_file, save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

UNET, VAE = "model.diffusion_model.", "first_stage_model."


def ldm_unet(state, layers):
    """diffusers' names of a U-Net to latent diffusion's."""
    up = 1 + max(int(n.split(".")[1]) for n in state if n.startswith("up_blocks"))
    result = {}
    for name, value in state.items():
        name = re.sub(r"^time_embedding\.linear_([12])", lambda m: f"time_embed.{2 * int(m[1]) - 2}", name)
        name = re.sub(r"^add_embedding\.linear_([12])", lambda m: f"label_emb.0.{2 * int(m[1]) - 2}", name)
        name = re.sub(r"^conv_in", "input_blocks.0.0", name)
        name = re.sub(r"^conv_norm_out", "out.0", name)
        name = re.sub(r"^conv_out", "out.2", name)
        name = re.sub(r"^mid_block\.resnets\.([01])", lambda m: f"middle_block.{2 * int(m[1])}", name)
        name = re.sub(r"^mid_block\.attentions\.0", "middle_block.1", name)
        down = re.match(r"down_blocks\.(\d+)\.(resnets|attentions|downsamplers)\.(\d+)\.(.*)", name)
        if down:
            block, kind, index, rest = int(down[1]), down[2], int(down[3]), down[4]
            at = 1 + block * (layers + 1) + (layers if kind == "downsamplers" else index)
            rest = rest.replace("conv.", "op.") if kind == "downsamplers" else rest
            name = f"input_blocks.{at}.{int(kind == 'attentions')}.{rest}"
        up_match = re.match(r"up_blocks\.(\d+)\.(resnets|attentions|upsamplers)\.(\d+)\.(.*)", name)
        if up_match:
            block, kind, index, rest = int(up_match[1]), up_match[2], int(up_match[3]), up_match[4]
            at = block * (layers + 1) + (layers if kind == "upsamplers" else index)
            attends = any(n.startswith(f"up_blocks.{block}.attentions.") for n in state)
            place = {"resnets": 0, "attentions": 1, "upsamplers": 2 if attends else 1}[kind]
            name = f"output_blocks.{at}.{place}.{rest}"
        if ".transformer_blocks." not in name:
            for ours, theirs in (
                ("norm1", "in_layers.0"),
                ("conv1", "in_layers.2"),
                ("norm2", "out_layers.0"),
                ("conv2", "out_layers.3"),
                ("time_emb_proj", "emb_layers.1"),
                ("conv_shortcut", "skip_connection"),
            ):
                name = name.replace(f".{ours}.", f".{theirs}.")
        result[UNET + name] = value
    return result


def ldm_vae(state):
    levels = 1 + max(int(n.split(".")[2]) for n in state if n.startswith("decoder.up_blocks"))
    result = {}
    for name, value in state.items():
        name = re.sub(r"down_blocks\.(\d+)\.resnets\.(\d+)", r"down.\1.block.\2", name)
        name = re.sub(r"down_blocks\.(\d+)\.downsamplers\.0", r"down.\1.downsample", name)
        name = re.sub(r"up_blocks\.(\d+)\.resnets", lambda m: f"up.{levels - 1 - int(m[1])}.block", name)
        name = re.sub(r"up_blocks\.(\d+)\.upsamplers\.0", lambda m: f"up.{levels - 1 - int(m[1])}.upsample", name)
        name = re.sub(r"mid_block\.resnets\.([01])", lambda m: f"mid.block_{int(m[1]) + 1}", name)
        if ".attentions.0." in name:
            name = name.replace("mid_block.attentions.0", "mid.attn_1")
            name = name.replace("group_norm", "norm").replace("to_out.0", "proj_out")
            name = re.sub(r"to_([qkv])\.", r"\1.", name)
            value = value[:, :, None, None] if value.dim() == 2 else value
        name = name.replace("conv_norm_out", "norm_out").replace("conv_shortcut", "nin_shortcut")
        result[VAE + name] = value
    return result


def clip(state, prefix):
    state = {n.removeprefix("text_model."): v for n, v in state.items()}
    length = state["embeddings.position_embedding.weight"].shape[0]
    result = {prefix + "text_model." + name: value for name, value in state.items()}
    result[prefix + "text_model.embeddings.position_ids"] = torch.arange(length)[None]
    return result


def open_clip(state, prefix, extra_layer):
    """transformers' names to OpenCLIP's, which fuses the projections; SD 2 leaves out its last layer."""
    projection = state.get("text_projection.weight")
    state = {n.removeprefix("text_model."): v for n, v in state.items() if not n.startswith("text_projection")}
    result = {}
    layers = 1 + max(int(n.split(".")[2]) for n in state if n.startswith("encoder.layers"))
    for name, value in state.items():
        if "self_attn" in name and "out_proj" not in name:
            continue
        name = name.replace("embeddings.position_embedding.weight", "positional_embedding")
        name = name.replace("embeddings.token_embedding", "token_embedding").replace("final_layer_norm", "ln_final")
        name = name.replace("encoder.layers", "transformer.resblocks").replace("layer_norm", "ln_")
        name = name.replace("mlp.fc1", "mlp.c_fc").replace("mlp.fc2", "mlp.c_proj").replace("self_attn", "attn")
        result[prefix + name] = value
    for i in range(layers):
        for kind in ("weight", "bias"):
            parts = [state[f"encoder.layers.{i}.self_attn.{p}_proj.{kind}"] for p in "qkv"]
            result[f"{prefix}transformer.resblocks.{i}.attn.in_proj_{kind}"] = torch.cat(parts)
    if extra_layer:
        last = f"{prefix}transformer.resblocks.{layers - 1}."
        for name in [n for n in result if n.startswith(last)]:
            result[name.replace(last, f"{prefix}transformer.resblocks.{layers}.")] = result[name] + 1
    width = state["final_layer_norm.weight"].shape[0]
    eye = torch.eye(width, device=state["final_layer_norm.weight"].device)
    result[prefix + "text_projection"] = eye if projection is None else projection.T
    result[prefix + "logit_scale"] = torch.tensor(4.6)
    return result


def single(family, unet, vae, texts):
    """One file of a pipeline: the networks' state dicts under the published names, and what else such files hold."""
    state = {**ldm_unet(unet.state_dict(), unet.config.layers_per_block), **ldm_vae(vae.state_dict())}
    if family == "sd1":
        state.update(clip(texts[0].state_dict(), "cond_stage_model.transformer."))
    elif family == "sd2":
        state.update(open_clip(texts[0].state_dict(), "cond_stage_model.model.", True))
    else:
        state.update(clip(texts[0].state_dict(), "conditioner.embedders.0.transformer."))
        state.update(open_clip(texts[1].state_dict(), "conditioner.embedders.1.model.", False))
    check(family, unet, vae, texts[-1], state)
    state["alphas_cumprod"] = torch.linspace(1, 0, 10)
    state["model_ema.decay"] = torch.tensor(0.9999)
    return state


def check(family, unet, vae, text, state):
    """diffusers' conversions give back what was there."""
    if family != "sd1":
        prefix = "cond_stage_model.model." if family == "sd2" else "conditioner.embedders.1.model."
        theirs = official.convert_open_clip_checkpoint(text, dict(state), prefix)
        own = {n if n.startswith("text_projection") else "text_model." + n.removeprefix("text_model."): v
               for n, v in text.state_dict().items()}
        require({n: v for n, v in theirs.items() if n in own}, own)
    theirs = official.convert_ldm_unet_checkpoint(dict(state), dict(unet.config))
    require(theirs, unet.state_dict())
    theirs = official.convert_ldm_vae_checkpoint(dict(state), dict(vae.config))
    require(theirs, vae.state_dict())


def require(actual, expected):
    assert set(actual) == set(expected), sorted(set(actual) ^ set(expected))[:10]
    for name, value in expected.items():
        assert actual[name].shape == value.shape, name
        assert value.is_meta or torch.equal(actual[name], value), name


def small(folder, family):
    source = folder / family
    unet = UNet2DConditionModel.from_pretrained(source / "unet")
    vae = AutoencoderKL.from_pretrained(source / "vae")
    texts = [CLIPTextModel.from_pretrained(source / "text_encoder")]
    if family == "sdxl":
        texts.append(CLIPTextModelWithProjection.from_pretrained(source / "text_encoder_2"))
    state = {n: v.detach().clone().contiguous() for n, v in single(family, unet, vae, texts).items()}
    save_file(state, folder / "checkpoints" / f"{family}.safetensors", {"format": "pt"})


CLIP_L = dict(hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12)
FULL = {
    "sd1": dict(
        unet=dict(cross_attention_dim=768, attention_head_dim=8),
        texts=[CLIP_L],
    ),
    "sd2": dict(
        unet=dict(
            sample_size=96,
            cross_attention_dim=1024,
            attention_head_dim=(5, 10, 20, 20),
            use_linear_projection=True,
            upcast_attention=True,
        ),
        texts=[
            dict(
                hidden_size=1024,
                intermediate_size=4096,
                num_hidden_layers=23,
                num_attention_heads=16,
                hidden_act="gelu",
            )
        ],
    ),
    "sdxl": dict(
        unet=dict(
            sample_size=128,
            block_out_channels=(320, 640, 1280),
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
            transformer_layers_per_block=(1, 2, 10),
            cross_attention_dim=2048,
            attention_head_dim=(5, 10, 20),
            use_linear_projection=True,
            addition_embed_type="text_time",
            addition_time_embed_dim=256,
            projection_class_embeddings_input_dim=2816,
        ),
        texts=[
            CLIP_L,
            dict(
                hidden_size=1280,
                intermediate_size=5120,
                num_hidden_layers=32,
                num_attention_heads=20,
                hidden_act="gelu",
                projection_dim=1280,
            ),
        ],
    ),
}


def full(folder, family):
    sizes = FULL[family]
    with torch.device("meta"):
        unet = UNet2DConditionModel(**{"sample_size": 64, **sizes["unet"]})
        vae = AutoencoderKL(
            sample_size={"sd1": 512, "sd2": 768, "sdxl": 1024}[family],
            block_out_channels=(128, 256, 512, 512),
            layers_per_block=2,
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            scaling_factor=0.13025 if family == "sdxl" else 0.18215,
        )
        kinds = [CLIPTextModel, CLIPTextModelWithProjection]
        texts = [kind(CLIPTextConfig(**size)) for kind, size in zip(kinds, sizes["texts"])]
        state = single(family, unet, vae, texts)
    target = folder / "checkpoints"
    shapes = {name: list(value.shape) for name, value in sorted(state.items())}
    (target / f"{family}.json").write_text(json.dumps(shapes, separators=(",", ":")) + "\n")
    unet.save_config(target / family / "unet")
    vae.save_config(target / family / "vae")
    for i, text in enumerate(texts):
        text.config.architectures = [type(text).__name__]
        text.config.save_pretrained(target / family / ("text_encoder_2" if i else "text_encoder"))


def blip(folder):
    network = load_file(folder / "imagereward" / "model.safetensors")
    length = network["blip.text_encoder.embeddings.position_embeddings.weight"].shape[0]
    published = collections.OrderedDict(network)
    published["blip.text_encoder.embeddings.position_ids"] = torch.arange(length)[None]
    # what BLIP's pre-training leaves in the published file
    for name, width in (("vision_proj", 48), ("text_proj", 32)):
        published[f"blip.{name}.weight"] = torch.zeros(8, width)
        published[f"blip.{name}.bias"] = torch.zeros(8)
    published._metadata = collections.OrderedDict({"": {"version": 1}})
    torch.save(published, folder / "imagereward" / "ImageReward.pt")

    base = {n.removeprefix("blip."): v.half() for n, v in published.items() if n.startswith("blip.") and v.is_floating_point()}
    # a view whose elements lie in another order, at an offset
    name = "text_encoder.encoder.layer.0.output.dense.weight"
    base[name] = torch.cat([torch.zeros(3, base[name].shape[0]).half(), base[name].T])[3:].T
    for kept in ("visual_encoder.norm.bias", "text_encoder.embeddings.LayerNorm.bias"):
        module, rest = kept.split(".", 1)
        base[f"{module}_m.{rest}"] = base[kept].clone()
    base["temp"], base["image_queue"], base["queue_ptr"] = torch.tensor(0.07), torch.zeros(8, 4), torch.zeros(1).long()
    torch.save({"model": base, "epoch": 19}, folder / "checkpoints" / "model_base.pth")

    # BLIP's change of resolution, from 3×3 patches to 5×5
    table = torch.randn(1, 10, 8, generator=torch.Generator().manual_seed(7))
    patches = table[:, 1:].reshape(1, 3, 3, 8).permute(0, 3, 1, 2)
    finer = torch.nn.functional.interpolate(patches, size=(5, 5), mode="bicubic", align_corners=False)
    finer = torch.cat([table[:, :1], finer.permute(0, 2, 3, 1).flatten(1, 2)], 1)
    save_file({"table": table, "finer": finer.contiguous()}, folder / "checkpoints" / "positions.safetensors")


def main():
    folder = pathlib.Path(sys.argv[1])
    (folder / "checkpoints").mkdir(exist_ok=True)
    blip(folder)
    for family in FULL:
        full(folder, family)
        if (folder / family).exists():
            small(folder, family)


if __name__ == "__main__":
    main()
