package dev.preflow.annotators.judge;

import java.util.Base64;

/** A piece of a chat message: words or a picture. */
public sealed interface ContentPart {

    /**
     * Words.
     *
     * @param text the words
     */
    record Text(String text) implements ContentPart {}

    /**
     * A picture, carried inside the message. The endpoint is never given an address to fetch: an address that came from a
     * user would make it a proxy into the network that it runs in.
     *
     * @param dataUri the encoded picture as a {@code data:} URI
     */
    record Picture(String dataUri) implements ContentPart {

        /** Checks that the picture is carried and not linked. */
        public Picture {
            if (!dataUri.startsWith("data:image/")) {
                throw new IllegalArgumentException(
                        "A picture must be a data: URI of an image; use Picture.of(mediaType, bytes)");
            }
        }

        /**
         * A picture from its encoded bytes.
         *
         * @param mediaType such as {@code image/png}
         * @param bytes the encoded picture
         * @return the part
         */
        public static Picture of(String mediaType, byte[] bytes) {
            return new Picture(
                    "data:" + mediaType + ";base64," + Base64.getEncoder().encodeToString(bytes));
        }

        @Override
        public String toString() {
            return "Picture[" + dataUri.length() + " characters]";
        }
    }
}
