package dev.preflow.demo.scene;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** Which specifications may be learnt from. Fixed by a hash of the canonical form, so that every wording falls on one side. */
public enum Split {
    /** For pretraining, feeding and reward learning. */
    TRAIN,
    /** For evaluation only: about one in six. */
    HELD_OUT;

    private static final int ONE_IN = 6;
    /** Chosen so that the held-out single objects differ in colour and cover every shape. */
    private static final String SALT = "preflow-split-32:";

    /** The side that a specification is on. */
    public static Split of(SceneSpec spec) {
        CRC32 crc = new CRC32();
        crc.update((SALT + spec.canonical()).getBytes(StandardCharsets.UTF_8));
        return crc.getValue() % ONE_IN == 0 ? HELD_OUT : TRAIN;
    }
}
