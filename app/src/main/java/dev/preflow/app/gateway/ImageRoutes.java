package dev.preflow.app.gateway;

import dev.preflow.schemas.BlobRef;
import dev.preflow.stream.blob.BlobException;
import dev.preflow.stream.blob.BlobStore;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;

/** Images by the digest of their bytes. What a digest names never changes, so that caches may keep it for good. */
final class ImageRoutes {

    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
    private static final int NOT_MODIFIED = 304;
    private static final int NOT_FOUND = 404;

    private final BlobStore blobs;

    ImageRoutes(BlobStore blobs) {
        this.blobs = blobs;
    }

    void mount(Router router) {
        router.get("/v1/images/:sha256").handler(this::image);
    }

    private void image(RoutingContext context) {
        var digest = context.pathParam("sha256");
        if (!DIGEST.matcher(digest).matches()) {
            throw new BadRequestException("An image is named by 64 lower-case hexadecimal digits, its SHA-256");
        }
        var tag = '"' + digest + '"';
        if (tag.equals(context.request().getHeader("If-None-Match"))) {
            context.response()
                    .setStatusCode(NOT_MODIFIED)
                    .putHeader("ETag", tag)
                    .end();
            return;
        }
        context.vertx()
                .executeBlocking(() -> read(digest), false)
                .onSuccess(bytes -> send(context, tag, bytes))
                .onFailure(context::fail);
    }

    private Optional<byte[]> read(String digest) throws IOException {
        try {
            return Optional.of(blobs.get(new BlobRef(digest, 0L, "")));
        } catch (BlobException e) {
            if (e.kind() == BlobException.Kind.MISSING) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Trajectories and weights are blobs too: only what is an image by its first bytes is shown. */
    private static void send(RoutingContext context, String tag, Optional<byte[]> bytes) {
        var type = bytes.flatMap(ImageRoutes::mediaType);
        if (type.isEmpty()) {
            Problem.send(context, NOT_FOUND, "No image has this digest");
            return;
        }
        context.response()
                .putHeader("Content-Type", type.get())
                .putHeader("Cache-Control", "public, max-age=31536000, immutable")
                .putHeader("ETag", tag)
                .end(Buffer.buffer(bytes.orElseThrow()));
    }

    private static Optional<String> mediaType(byte[] bytes) {
        if (startsWith(bytes, 0, 0x89, 'P', 'N', 'G')) {
            return Optional.of("image/png");
        }
        if (startsWith(bytes, 0, 0xFF, 0xD8, 0xFF)) {
            return Optional.of("image/jpeg");
        }
        if (startsWith(bytes, 0, 'R', 'I', 'F', 'F') && startsWith(bytes, 8, 'W', 'E', 'B', 'P')) {
            return Optional.of("image/webp");
        }
        return Optional.empty();
    }

    private static boolean startsWith(byte[] bytes, int at, int... magic) {
        if (bytes.length < at + magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if ((bytes[at + i] & 0xFF) != magic[i]) {
                return false;
            }
        }
        return true;
    }
}
