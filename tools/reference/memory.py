"""Counts what a pass of a full-size network keeps for its backward pass, without weights and without computing anything.

    pip install -r requirements.txt
    python memory.py

The networks are diffusers' and transformers' on PyTorch's meta device, which follows shapes only; every tensor that autograd
saves is counted once by its storage, parameters left out. Attention is counted as the fused kernels work: queries, keys,
values, output and one float32 per query and head.
"""

import torch
import torch.nn.functional as functional
from diffusers import AutoencoderKL, UNet2DConditionModel

HALF = torch.float16
MB = 1e6


class Fused(torch.autograd.Function):
    @staticmethod
    def forward(ctx, q, k, v):
        out = torch.empty_like(q)
        ctx.save_for_backward(q, k, v, out, q.new_empty(q.shape[:-1], dtype=torch.float32))
        return out

    @staticmethod
    def backward(ctx, gradient):
        q, k, v, _, _ = ctx.saved_tensors
        return torch.empty_like(q), torch.empty_like(k), torch.empty_like(v)


functional.scaled_dot_product_attention = lambda q, k, v, *rest, **options: Fused.apply(q, k, v)


def bytes_of(tensors):
    storages = {t.untyped_storage()._cdata: t.untyped_storage().nbytes() for t in tensors}
    return sum(storages.values())


def saved(module, call):
    """The output, and the bytes that autograd keeps for a call of a module."""
    parameters = {p.untyped_storage()._cdata for p in module.parameters()}
    kept = {}

    def pack(tensor):
        storage = tensor.untyped_storage()
        if storage._cdata not in parameters:
            kept[storage._cdata] = (storage.nbytes(), storage)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        output = call()
    return output, sum(size for size, _ in kept.values())


class Lora(torch.nn.Module):
    def __init__(self, base, rank):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.down = torch.nn.Linear(base.in_features, rank, bias=False, device="meta")
        self.up = torch.nn.Linear(rank, base.out_features, bias=False, device="meta")

    def forward(self, x, *rest):
        return self.base(x) + self.up(self.down(x.float())).to(x.dtype)


def unet(rank=16):
    with torch.device("meta"):
        net = UNet2DConditionModel(
            sample_size=64,
            cross_attention_dim=768,
            attention_head_dim=8,
            block_out_channels=(320, 640, 1280, 1280),
        )
    net = net.to(HALF).requires_grad_(False)
    for name, module in list(net.named_modules()):
        if name.endswith(("attn1", "attn2")):
            for part in ("to_q", "to_k", "to_v"):
                setattr(module, part, Lora(getattr(module, part), rank))
            module.to_out[0] = Lora(module.to_out[0], rank)
    return net


def blocks_of(net):
    """The parts that Preflow's Recomputation runs one by one."""
    for name, module in net.named_modules():
        kind = type(module).__name__
        if kind in ("ResnetBlock2D", "BasicTransformerBlock", "Downsample2D", "Upsample2D") or name in ("conv_in", "conv_out"):
            yield name, module


def measure_unet(batch):
    net = unet()
    weights = sum(p.numel() * p.element_size() for p in net.parameters() if not p.requires_grad)
    trained = sum(p.numel() for p in net.parameters() if p.requires_grad)
    kept, largest = [], [0, ""]

    def wrap(name, module):
        forward = module.forward

        def call(*args, **options):
            output, size = saved(module, lambda: forward(*args, **options))
            if size > largest[0]:
                largest[:] = [size, name]
            kept.append(output)
            return output

        return forward, call

    def run():
        return net(
            torch.empty(batch, 4, 64, 64, device="meta", dtype=HALF, requires_grad=True),
            torch.empty(batch, device="meta", dtype=torch.int64),
            torch.empty(batch, 77, 768, device="meta", dtype=HALF),
        ).sample

    _, everything = saved(net, run)
    for name, module in list(blocks_of(net)):
        _, module.forward = wrap(name, module)
    run()
    outputs = bytes_of(kept)
    print(f"SD 1.5 U-Net, {batch} latents of 64x64, LoRA of rank 16 (float32) on float16 weights")
    print(f"  weights                  {weights / MB:9.1f} MB")
    print(f"  LoRA                     {trained:,} parameters, {4 * trained / MB:.1f} MB in float32")
    print(f"  all activations          {everything / MB:9.1f} MB")
    print(f"  recomputed: outputs      {outputs / MB:9.1f} MB")
    print(f"  recomputed: one block    {largest[0] / MB:9.1f} MB at most ({largest[1]})")


def measure_vae(side, dtype):
    with torch.device("meta"):
        vae = AutoencoderKL(
            block_out_channels=(128, 256, 512, 512),
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            layers_per_block=2,
        )
    vae = vae.to(dtype).requires_grad_(False)
    worst = [0, ""]

    def watch(name, module):
        forward = module.forward

        def call(x, *rest, **options):
            # with gradients the graph keeps what a scope of Preflow keeps until its end: every intermediate
            probe = x.detach().requires_grad_(True)
            output, inner = saved(module, lambda: forward(probe, *rest, **options))
            size = inner + output.untyped_storage().nbytes()
            if size > worst[0]:
                worst[:] = [size, name]
            return output.detach()

        module.forward = call

    for name, module in list(vae.decoder.named_modules()):
        if type(module).__name__ in ("ResnetBlock2D", "Upsample2D", "Attention"):
            watch(name, module)
    vae.decode(torch.empty(1, 4, side // 8, side // 8, device="meta", dtype=dtype))
    weights = sum(p.numel() * p.element_size() for p in vae.parameters())
    print(f"VAE decode of one {side}x{side} image in {dtype}: weights {weights / MB:.1f} MB, largest block {worst[0] / MB:.1f} MB ({worst[1]})")


if __name__ == "__main__":
    for batch in (1, 2, 4, 8):
        measure_unet(batch)
    for side in (512, 1024):
        measure_vae(side, torch.float32)
