"""Writes the fixtures that Preflow's networks, samplers and tokenizers are compared with.

Small models of Stable Diffusion's families with seeded random weights, made, saved and run by diffusers and transformers:

    pip install -r requirements.txt
    python fixtures.py ../../models/src/test/resources/reference ../../demo/models

Each model is a folder as published, with `fixtures.safetensors` (inputs and outputs) beside it.
"""

import json
import pathlib
import random
import shutil
import sys
import tempfile

import diffusers
import torch
import transformers
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    DDPMScheduler,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    PNDMScheduler,
    StableDiffusionImg2ImgPipeline,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from safetensors.torch import save_file
from transformers import BertTokenizer, CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

SIDE = 8
STEPS = 20
GUIDANCE = 4.0
PROMPTS = ["a red circle above a blue square", "two green triangles"]
SCHEDULE = dict(num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")

NEGATIVES = ["blurry!", ""]

TWO_LEVELS = dict(
    block_out_channels=(16, 32),
    layers_per_block=2,
    down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
    up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
    cross_attention_dim=32,
)
UNETS = {
    "sd1": dict(**TWO_LEVELS, attention_head_dim=4, use_linear_projection=False),
    "sd2": dict(**TWO_LEVELS, attention_head_dim=(2, 4), use_linear_projection=True, upcast_attention=True),
    "sdxl": dict(
        block_out_channels=(16, 32, 32),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=56,
        attention_head_dim=(2, 4, 8),
        transformer_layers_per_block=(1, 1, 2),
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=8,
        projection_class_embeddings_input_dim=20 + 6 * 8,
    ),
}
SAMPLERS = {
    "sd1": PNDMScheduler(**SCHEDULE, skip_prk_steps=True, set_alpha_to_one=False, steps_offset=1),
    "sd2": DDIMScheduler(
        **SCHEDULE, prediction_type="v_prediction", clip_sample=False, set_alpha_to_one=False, steps_offset=1
    ),
    "sdxl": EulerDiscreteScheduler(**SCHEDULE, timestep_spacing="leading", steps_offset=1),
}
# SDXL is told of an image's sizes: an oblong one shows whether height and width are in their places
SHAPES = {"sd1": (SIDE, SIDE), "sd2": (SIDE, SIDE), "sdxl": (SIDE, SIDE + 4)}
TIME_IDS = [[64, 48, 3, 5, 32, 40], [16, 24, 0, 0, 16, 24]]
SCHEDULERS = {
    "ddim-leading": (DDIMScheduler, dict(clip_sample=False, set_alpha_to_one=False, steps_offset=1)),
    "ddim-trailing-v": (
        DDIMScheduler,
        dict(clip_sample=False, timestep_spacing="trailing", prediction_type="v_prediction"),
    ),
    "ddim-linspace-sample": (
        DDIMScheduler,
        dict(clip_sample=False, timestep_spacing="linspace", prediction_type="sample", set_alpha_to_one=False),
    ),
    "ddim-clipped": (DDIMScheduler, dict(clip_sample=True, clip_sample_range=1.5, steps_offset=1)),
    "ddim-linear": (DDIMScheduler, dict(clip_sample=False, beta_schedule="linear", beta_start=0.0001, beta_end=0.02)),
    "ddim-cosine": (DDIMScheduler, dict(clip_sample=False, beta_schedule="squaredcos_cap_v2")),
    "ddim-zero-snr-v": (
        DDIMScheduler,
        dict(
            clip_sample=False,
            timestep_spacing="trailing",
            prediction_type="v_prediction",
            rescale_betas_zero_snr=True,
        ),
    ),
    "ddpm": (DDPMScheduler, dict(clip_sample=False, steps_offset=1)),
    "ddpm-trailing-v": (
        DDPMScheduler,
        dict(clip_sample=False, timestep_spacing="trailing", prediction_type="v_prediction"),
    ),
    "euler-leading": (EulerDiscreteScheduler, dict(timestep_spacing="leading", steps_offset=1)),
    "euler-linspace-v": (EulerDiscreteScheduler, dict(prediction_type="v_prediction")),
    "euler-trailing": (EulerDiscreteScheduler, dict(timestep_spacing="trailing")),
    "euler-karras": (EulerDiscreteScheduler, dict(use_karras_sigmas=True)),
    "euler-zero-snr-v": (
        EulerDiscreteScheduler,
        dict(timestep_spacing="trailing", prediction_type="v_prediction", rescale_betas_zero_snr=True),
    ),
    "euler-ancestral": (EulerAncestralDiscreteScheduler, dict(timestep_spacing="leading", steps_offset=1)),
    "euler-ancestral-linspace-v": (EulerAncestralDiscreteScheduler, dict(prediction_type="v_prediction")),
    "dpm-solver": (DPMSolverMultistepScheduler, dict()),
    "dpm-solver-leading-v": (
        DPMSolverMultistepScheduler,
        dict(timestep_spacing="leading", steps_offset=1, prediction_type="v_prediction"),
    ),
    "dpm-solver-trailing": (DPMSolverMultistepScheduler, dict(timestep_spacing="trailing")),
    "dpm-solver-karras": (DPMSolverMultistepScheduler, dict(use_karras_sigmas=True)),
    "pndm-leading": (PNDMScheduler, dict(skip_prk_steps=True, set_alpha_to_one=False, steps_offset=1)),
    "pndm-trailing-v": (
        PNDMScheduler,
        dict(skip_prk_steps=True, timestep_spacing="trailing", prediction_type="v_prediction"),
    ),
    "pndm-linspace": (PNDMScheduler, dict(skip_prk_steps=True, timestep_spacing="linspace", set_alpha_to_one=True)),
}


def randomise(module, seed):
    """Weights of which none is at its neutral value: a scale of one or a bias of zero would hide a mistake."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, value in module.named_parameters():
            noise = torch.randn(value.shape, generator=generator)
            if value.dim() > 1:
                value.copy_(noise / max(1, value[0].numel()) ** 0.5)
            else:
                value.copy_(0.2 * noise + (1.0 if "norm" in name and name.endswith("weight") else 0.0))
    return module.eval()


def text_encoder(tokenizer, kind=CLIPTextModel, **options):
    sizes = dict(hidden_size=32, intermediate_size=128, num_hidden_layers=3, num_attention_heads=4)
    config = CLIPTextConfig(
        vocab_size=len(tokenizer), max_position_embeddings=tokenizer.model_max_length, **{**sizes, **options}
    )
    return kind(config)


def text_encoders(family, tokenizers):
    """Of SDXL's two the second is the one that projects; its config has the older rule for the end of text."""
    if family == "sd2":
        return {"text_encoder": text_encoder(tokenizers["tokenizer"], hidden_act="gelu")}
    encoders = {"text_encoder": text_encoder(tokenizers["tokenizer"], hidden_act="quick_gelu")}
    if family == "sdxl":
        encoders["text_encoder_2"] = text_encoder(
            tokenizers["tokenizer_2"],
            CLIPTextModelWithProjection,
            hidden_size=24,
            intermediate_size=96,
            num_attention_heads=3,
            hidden_act="gelu",
            projection_dim=20,
            eos_token_id=2,
        )
    return encoders


def networks(family):
    unet = UNet2DConditionModel(
        sample_size=SIDE, in_channels=4, out_channels=4, norm_num_groups=8, **UNETS[family]
    )
    vae = AutoencoderKL(
        sample_size=2 * SIDE,
        block_out_channels=(8, 16) if family == "sdxl" else (16, 32),
        layers_per_block=1,
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        latent_channels=4,
        norm_num_groups=8,
        scaling_factor=0.13025 if family == "sdxl" else 0.5,
    )
    return randomise(unet, 2), randomise(vae, 3)


def padding_with_zeros(tokenizer_folder, folder, both):
    """The tokenizer as Stable Diffusion 2 and SDXL publish it: padded with "!", whose id is 0. Only the latter says so twice."""
    shutil.copytree(tokenizer_folder, folder)
    for name in ("special_tokens_map.json", "tokenizer_config.json")[: 2 if both else 1]:
        tokens = json.loads((folder / name).read_text())
        (folder / name).write_text(json.dumps({**tokens, "pad_token": "!"}, indent=2) + "\n")
    return folder


def family(name, folder, tokenizer_folders):
    tokenizers = {key: CLIPTokenizer.from_pretrained(source) for key, source in tokenizer_folders.items()}
    encoders = text_encoders(name, tokenizers)
    for i, encoder in enumerate(encoders.values()):
        randomise(encoder, 1 + 10 * i)
    unet, vae = networks(name)
    parts = dict(vae=vae, unet=unet, scheduler=SAMPLERS[name], **encoders, **tokenizers)
    pipeline = (
        StableDiffusionXLPipeline(**parts, add_watermarker=False)
        if name == "sdxl"
        else StableDiffusionPipeline(
            **parts, safety_checker=None, feature_extractor=None, requires_safety_checker=False
        )
    )
    pipeline.set_progress_bar_config(disable=True)
    pipeline.save_pretrained(folder / name)
    # the very files that Preflow ships and reads
    for key, source in tokenizer_folders.items():
        shutil.rmtree(folder / name / key)
        shutil.copytree(source, folder / name / key)

    generator = torch.Generator().manual_seed(4)
    rand = lambda *shape: torch.randn(*shape, generator=generator)
    height, width = SHAPES[name]
    values = {"latents": rand(2, 4, height, width), "timesteps": torch.tensor([3, 851])}
    for key, tokenizer in tokenizers.items():
        ids = tokenizer(PROMPTS, padding="max_length", truncation=True, return_tensors="pt").input_ids
        values["ids" + key.removeprefix("tokenizer")] = ids
    # the pipeline's own choice of hidden states and of the pooled text
    encoded = pipeline.encode_prompt(PROMPTS, device="cpu", num_images_per_prompt=1, do_classifier_free_guidance=True)
    values["context"], values["absent"] = encoded[0], encoded[1]
    added = None
    if name == "sdxl":
        values["pooled"], values["absent_pooled"] = encoded[2], encoded[3]
        values["time_ids"] = torch.tensor(TIME_IDS)
        added = {"text_embeds": values["pooled"].detach(), "time_ids": values["time_ids"]}

    context = values["context"].detach()
    output = unet(values["latents"], values["timesteps"], context, added_cond_kwargs=added).sample
    values["output"] = output
    values["probe"] = rand(*output.shape)
    (output * values["probe"]).sum().backward()
    for parameter, tensor in unet.named_parameters():
        values["gradient." + parameter] = tensor.grad

    values["images"] = rand(2, 3, 2 * SIDE, 2 * SIDE).clamp(-1, 1)
    moments = vae.encode(values["images"]).latent_dist
    values["mean"], values["logvar"] = moments.mean, moments.logvar
    values["decoded"] = vae.decode(values["latents"]).sample

    values["start"] = rand(2, 4, height, width)
    for key, negatives in (("drawn", None), ("drawn_negative", NEGATIVES)):
        with torch.no_grad():
            values[key] = pipeline(
                PROMPTS,
                negative_prompt=negatives,
                height=2 * height,
                width=2 * width,
                latents=values["start"].clone(),
                num_inference_steps=STEPS,
                guidance_scale=GUIDANCE,
                output_type="pt",
            ).images
    save(values, folder / name / "fixtures.safetensors", {"prompts": json.dumps(PROMPTS)})


def samplers(folder):
    generator = torch.Generator().manual_seed(5)
    for name, (kind, options) in SCHEDULERS.items():
        scheduler = kind(**{**SCHEDULE, **options})
        scheduler.save_pretrained(folder / "schedulers" / name)
        scheduler.set_timesteps(10)
        times = scheduler.timesteps
        start = torch.randn(2, 4, 4, 4, generator=generator)
        sample = start * scheduler.init_noise_sigma
        # what the network is given: Preflow keeps samples at that scale
        given = scheduler.scale_model_input(sample, times[0])
        values = {"start": start, "first": given, "times": times.float()}
        stochastic = kind in (DDPMScheduler, EulerAncestralDiscreteScheduler)
        for i, time in enumerate(times):
            given = given if i == 0 else scheduler.scale_model_input(sample, time)
            if i > 0:
                values[f"sample.{i - 1}"] = given
            # as a network would answer: in proportion to what it is given, and never quite the same
            values[f"output.{i}"] = 0.7 * given + 0.3 * torch.randn(sample.shape, generator=generator)
            options = {}
            if stochastic:
                state = generator.get_state()
                values[f"noise.{i}"] = torch.randn(sample.shape, generator=generator)
                generator.set_state(state)
                options = {"generator": generator}
            sample = scheduler.step(values[f"output.{i}"], time, sample, **options).prev_sample
        values[f"sample.{len(times) - 1}"] = sample
        save(values, folder / "schedulers" / name / "fixtures.safetensors", {})


DRAWINGS = ["ddim-leading", "pndm-leading", "euler-leading", "euler-ancestral", "dpm-solver-karras"]
STRENGTH = 0.6
NEGATIVE = ["blurry", "a circle"]


def drawings(folder):
    """Whole pipelines by each sampler: in another size than the model's, with negative prompts, and from an image."""
    source = StableDiffusionPipeline.from_pretrained(folder / "sd1", safety_checker=None)
    generator = torch.Generator().manual_seed(7)
    for name in DRAWINGS:
        kind, options = SCHEDULERS[name]
        parts = {**source.components, "scheduler": kind(**{**SCHEDULE, **options})}
        common = dict(
            prompt=PROMPTS,
            negative_prompt=NEGATIVE,
            num_inference_steps=STEPS,
            guidance_scale=GUIDANCE,
            generator=generator,
            output_type="pt",
        )
        values = {}

        def remember(prefix, count, shape):
            """The numbers that the pipeline is going to draw."""
            state = generator.get_state()
            for i in range(count):
                values[f"{prefix}.{i}"] = torch.randn(shape, generator=generator)
            generator.set_state(state)

        pipeline = StableDiffusionPipeline(**parts, requires_safety_checker=False)
        pipeline.set_progress_bar_config(disable=True)
        height, width = 24, 40
        remember("wide", STEPS + 1, (2, 4, height // 2, width // 2))
        values["wide"] = pipeline(height=height, width=width, **common).images

        pipeline = StableDiffusionImg2ImgPipeline(**parts, requires_safety_checker=False)
        pipeline.set_progress_bar_config(disable=True)
        values["image"] = torch.randint(0, 256, (2, 3, 24, 16), generator=generator) / 255
        remember("from", STEPS + 2, (2, 4, 12, 8))
        values["from"] = pipeline(image=values["image"], strength=STRENGTH, **common).images
        (folder / "drawings" / name).mkdir(parents=True)
        pipeline.scheduler.save_pretrained(folder / "drawings" / name)
        save(values, folder / "drawings" / name / "fixtures.safetensors", {})


AWKWARD = [
    "",
    " ",
    "\t\n",
    "a red circle",
    "A RED  Circle,\u00a0two   BLUE\tsquares.",
    "red-circle/blue_square (three)!!!",
    "it's the artist's; they'll, I'd, we've, you're, don't, o'clock",
    "3 circles, 42 squares, 1,000.50 and ½ ² ٣ ४ Ⅷ ①",
    "caf\u00e9 cafe\u0301 na\u00efve Z\u030c \u212b \u1e9b\u0323 \ufb01 \u0130stanbul STRASSE stra\u00dfe",
    "👍 👩‍👩‍👧‍👦 🏳️‍🌈 🇫🇷 ❤️ ✈ 𝒜 𝟙 𐍈",
    "zero\u200bwidth \u200djoin\u200c soft\u00adhyphen bom\ufeff rtl\u202emark",
    "赤い丸と青い四角 红色圆形 빨간 원 красный круг أحمر दायरा วงกลม",
    "mixedスクリプトtextмикс漢字abc123",
    "&lt;b&gt; &amp;amp; &quot;red&quot; &#39;circle&#39; &nbsp;",
    "<|startoftext|> a red <|endoftext|> circle",
    "[CLS] red [SEP] [MASK] [UNK] [PAD]",
    "x" * 300,
    "supercalifragilisticexpialidocious " * 12,
    "a\u0000b\u0007c\u001fd\u007fe\ufffdf",
    "“quotes” ‘single’ – dash — long … ellipsis • bullet ™ © € £ ¥",
    "https://example.org/a?b=c&d=%20 user@example.org #tag @name C:\\dir",
    "(red:1.3), [blue|green], {a|b}, --ar 16:9 ((masterpiece))",
    "\u0e33\u0e01 \u1100\u1161\u11a8 \u0915\u094d\u0937",
    "tabs\tand\r\nlines\u2028separators\u3000wide",
]


def strings():
    """The awkward ones, and seeded mixtures of their pieces."""
    chooser = random.Random(6)
    pieces = [piece for text in AWKWARD for piece in text.split(" ")]
    glue = ["", " ", "  ", "-", "\u00a0", ", ", "\u0301", "'", "\u200b"]
    mixtures = []
    for _ in range(276):
        text = ""
        for _ in range(chooser.randint(1, 6)):
            text += chooser.choice(pieces)[:40] + chooser.choice(glue)
        mixtures.append(text)
    return AWKWARD + mixtures


def tokenizers(folder, models):
    with tempfile.TemporaryDirectory() as scratch:
        plain = models / "base" / "tokenizer"
        zeros = padding_with_zeros(plain, pathlib.Path(scratch) / "tokenizer", True)
        for name, source in (("clip", plain), ("clip-zeros", zeros)):
            tokenizer = CLIPTokenizer.from_pretrained(source)
            strings_of(folder / "tokenizers" / name, tokenizer, tokenizer.model_max_length)
            for file in ("vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json"):
                shutil.copy(source / file, folder / "tokenizers" / name / file)
    vocabulary = models / "reward" / "vocab.txt"
    strings_of(folder / "tokenizers" / "bert", BertTokenizer(str(vocabulary)), 35)
    shutil.copy(vocabulary, folder / "tokenizers" / "bert" / "vocab.txt")


def strings_of(folder, tokenizer, length):
    folder.mkdir(parents=True)
    rows = []
    for text in strings():
        pieces = tokenizer(text, add_special_tokens=False).input_ids
        ids = tokenizer(text, padding="max_length", truncation=True, max_length=length).input_ids
        rows.append({"text": text, "pieces": pieces, "ids": ids})
    (folder / "strings.json").write_text(json.dumps(rows) + "\n")


def save(values, file, metadata):
    versions = {m.__name__: m.__version__ for m in (torch, diffusers, transformers)}
    tensors = {name: value.detach().clone().contiguous() for name, value in values.items()}
    save_file(tensors, file, {**versions, **metadata})


def main():
    folder, models = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    if folder.exists():
        shutil.rmtree(folder)
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as scratch:
        plain = models / "base" / "tokenizer"
        sd2 = padding_with_zeros(plain, pathlib.Path(scratch) / "sd2", False)
        second = padding_with_zeros(plain, pathlib.Path(scratch) / "sdxl", True)
        family("sd1", folder, {"tokenizer": plain})
        family("sd2", folder, {"tokenizer": sd2})
        family("sdxl", folder, {"tokenizer": plain, "tokenizer_2": second})
    samplers(folder)
    drawings(folder)
    tokenizers(folder, models)


if __name__ == "__main__":
    main()
