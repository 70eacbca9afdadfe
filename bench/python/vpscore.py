"""Times VP-Score at ImageReward's size by transformers' BLIP, on one thread or a GPU and seeded random weights.

    python vpscore.py FOLDER RUNS [DEVICE]

Four images, each with a text of its own. Writes the network as VpScore.load reads it, the inputs and the scores into the
folder on its first run, for dev.preflow.bench.VpScoreBenchmark to read.
"""

import json
import pathlib
import sys

import timings
import torch
from safetensors.torch import load_file, save_file
from transformers import BertTokenizer, BlipTextConfig, BlipVisionConfig
from transformers.models.blip.modeling_blip import BlipVisionModel
from transformers.models.blip.modeling_blip_text import BlipTextModel

BATCH, SIDE, LENGTH, VOCABULARY = 4, 224, 35, 30524
MEAN, STD = 0.16717362830052426, 1.0333394966054072
CHANNELS = torch.tensor([[0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]]).view(2, 3, 1, 1)
HEAD = [1024, 128, 64, 16, 1]
# transformers' names of the image encoder, and ImageReward's
NAMES = {
    "embeddings.class_embedding": "cls_token",
    "embeddings.position_embedding": "pos_embed",
    "embeddings.patch_embedding": "patch_embed.proj",
    "encoder.layers": "blocks",
    "self_attn.qkv": "attn.qkv",
    "self_attn.projection": "attn.proj",
    "layer_norm": "norm",
    "post_layernorm": "norm",
}


class VpScore(torch.nn.Module):
    def __init__(self):
        super().__init__()
        vision = BlipVisionConfig(
            hidden_size=1024,
            intermediate_size=4096,
            num_hidden_layers=24,
            num_attention_heads=16,
            image_size=SIDE,
            patch_size=16,
            layer_norm_eps=1e-6,
        )
        text = BlipTextConfig(vocab_size=VOCABULARY, encoder_hidden_size=1024, num_attention_heads=12)
        self.vision, self.text = BlipVisionModel(vision), BlipTextModel(text, add_pooling_layer=False)
        widths = [768] + HEAD
        self.head = torch.nn.ModuleList(torch.nn.Linear(*pair) for pair in zip(widths, widths[1:]))

    def forward(self, images, ids, mask):
        tokens = self.vision((images - CHANNELS[0].to(images.device)) / CHANNELS[1].to(images.device)).last_hidden_state
        hidden = self.text(ids, attention_mask=mask, encoder_hidden_states=tokens, is_decoder=False)
        score = hidden.last_hidden_state[:, 0]
        for layer in self.head:
            score = layer(score)
        return (score.squeeze(1) - MEAN) / STD

    def published(self):
        """The weights under ImageReward's names."""
        weights = {}
        for name, value in self.vision.state_dict().items():
            for own, theirs in NAMES.items():
                name = name.replace(own, theirs)
            weights["blip.visual_encoder." + name] = value
        for name, value in self.text.state_dict().items():
            if not name.endswith("position_ids"):
                weights["blip.text_encoder." + name] = value
        # dropout layers count too, after the first three
        for index, layer in zip((0, 2, 4, 6, 7), self.head):
            for name, value in layer.state_dict().items():
                weights[f"mlp.layers.{index}.{name}"] = value
        return {name: value.contiguous() for name, value in weights.items()}


def texts():
    return [" ".join(f"word{(17 * i + j) % 500}" for j in range(20)) for i in range(BATCH)]


def tokens(folder):
    tokenizer = BertTokenizer(str(folder / "vocab.txt"))
    text = tokenizer(texts(), padding="longest", truncation=True, max_length=LENGTH, return_tensors="pt")
    return text.input_ids, text.attention_mask


def write(folder, model):
    folder.mkdir(parents=True, exist_ok=True)
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    # ImageReward adds two tokens, [DEC] and [ENC], to BERT's
    words = special + [f"word{i}" for i in range(VOCABULARY - 2 - len(special))]
    (folder / "vocab.txt").write_text("\n".join(words) + "\n")
    (folder / "texts.txt").write_text("\n".join(texts()) + "\n")
    config = dict(
        model_type="vp_score",
        image_size=SIDE,
        patch_size=16,
        vision_width=1024,
        vision_depth=24,
        vision_heads=16,
        vocab_size=VOCABULARY,
        text_width=768,
        text_depth=12,
        text_heads=12,
        max_positions=512,
        max_length=LENGTH,
        head_widths=HEAD,
        head_dropout=[0.2, 0.2, 0.1],
        score_mean=MEAN,
        score_std=STD,
    )
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    save_file(model.published(), folder / "model.safetensors", {"format": "pt"})
    images = torch.rand(BATCH, 3, SIDE, SIDE)
    with torch.no_grad():
        scores = model(images, *tokens(folder))
    save_file({"images": images, "scores": scores}, folder / "values.safetensors")


def main():
    folder, runs = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    device = sys.argv[3] if len(sys.argv) > 3 else "cpu"
    if device == "cpu":
        torch.set_num_threads(1)
    torch.manual_seed(1)
    # the seed makes the weights the same in every run
    model = VpScore().eval()
    if not (folder / "values.safetensors").exists():
        write(folder, model)
    model.to(device)
    images = load_file(folder / "values.safetensors")["images"].to(device)
    ids, mask = (part.to(device) for part in tokens(folder))

    def backward():
        model.zero_grad(set_to_none=False)
        model(images, ids, mask).square().mean().backward()

    with torch.no_grad():
        # warms up
        model(images, ids, mask)
        timings.show("VP-Score forward", runs, lambda: model(images, ids, mask))
    timings.show("VP-Score forward + backward", runs, backward)


if __name__ == "__main__":
    main()
