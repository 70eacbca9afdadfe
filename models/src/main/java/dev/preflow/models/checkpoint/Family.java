package dev.preflow.models.checkpoint;

/** The families of Stable Diffusion whose pipelines run. */
public enum Family {
    /** Versions 1.1 to 1.5 and what is trained from them: CLIP's text encoder, predicts the noise. */
    SD1("Stable Diffusion 1.x"),
    /** Versions 2.0 and 2.1: OpenCLIP's text encoder without its last layer, predicts the velocity or the noise. */
    SD2("Stable Diffusion 2.x"),
    /** SDXL's base model: both text encoders, and the image's sizes as a condition. */
    SDXL("Stable Diffusion XL");

    private final String title;

    Family(String title) {
        this.title = title;
    }

    /** The name that people know. */
    public String title() {
        return title;
    }

    /** Whether the text encoder that is last, or alone, is OpenCLIP's; its texts are padded with zeros. */
    public boolean openClip() {
        return this != SD1;
    }
}
