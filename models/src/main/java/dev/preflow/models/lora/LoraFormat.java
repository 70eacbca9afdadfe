package dev.preflow.models.lora;

/** The forms of LoRA files that are written. */
public enum LoraFormat {
    /** diffusers' {@code pytorch_lora_weights.safetensors}, with the adapters' configuration in its metadata. */
    DIFFUSERS,
    /** That of kohya's training scripts, which ComfyUI and A1111 load. */
    KOHYA
}
