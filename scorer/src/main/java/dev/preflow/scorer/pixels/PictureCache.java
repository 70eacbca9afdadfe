package dev.preflow.scorer.pixels;

import dev.preflow.models.image.RgbImage;
import dev.preflow.schemas.BlobRef;
import dev.preflow.stream.blob.BlobStore;
import java.io.IOException;
import java.util.LinkedHashMap;

/**
 * Decoded images of the blob store, those used last within a bound of memory. Reads every format that the platform does, PNG
 * and JPEG among them; what is transparent is white. Blocks: not for an event loop. Thread-safe.
 */
public final class PictureCache {

    private final BlobStore blobs;
    private final long capacity;
    private final LinkedHashMap<String, RgbImage> pictures = new LinkedHashMap<>(16, 0.75f, true);
    private long size;

    /**
     * An empty cache.
     *
     * @param blobs where the images are
     * @param capacity bytes of decoded pixels that are kept
     */
    public PictureCache(BlobStore blobs, long capacity) {
        this.blobs = blobs;
        this.capacity = capacity;
    }

    /**
     * An image.
     *
     * @param sha256 digest of its encoded bytes
     * @return the picture; it must not be changed
     * @throws IOException when the blob is missing, corrupt or no image
     */
    public RgbImage get(String sha256) throws IOException {
        synchronized (this) {
            var known = pictures.get(sha256);
            if (known != null) {
                return known;
            }
        }
        RgbImage picture;
        try {
            picture = RgbImage.decode(blobs.get(new BlobRef(sha256, 0L, "image/*")));
        } catch (IOException e) {
            throw new IOException("Cannot read image " + sha256 + ": " + e.getMessage(), e);
        }
        keep(sha256, picture);
        return picture;
    }

    private synchronized void keep(String sha256, RgbImage picture) {
        if (pictures.put(sha256, picture) == null) {
            size += picture.planes().length;
        }
        var oldest = pictures.values().iterator();
        while (size > capacity && oldest.hasNext()) {
            size -= oldest.next().planes().length;
            oldest.remove();
        }
    }

    /**
     * How much is kept.
     *
     * @return bytes of decoded pixels
     */
    synchronized long size() {
        return size;
    }
}
