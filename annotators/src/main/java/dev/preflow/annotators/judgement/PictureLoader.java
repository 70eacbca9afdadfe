package dev.preflow.annotators.judgement;

import dev.preflow.annotators.judge.ContentPart;
import dev.preflow.schemas.Image;
import dev.preflow.stream.NonRetriableException;
import dev.preflow.stream.blob.BlobException;
import dev.preflow.stream.blob.BlobStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;

/** Reads the pixels of images from the blob store, on a worker thread. */
final class PictureLoader {

    private final Vertx vertx;
    private final BlobStore blobs;

    PictureLoader(Vertx vertx, BlobStore blobs) {
        this.vertx = vertx;
        this.blobs = blobs;
    }

    /** The pixels in the order of the images; a blob that is gone or damaged cannot be had by trying again. */
    Future<List<ContentPart.Picture>> load(List<Image> images) {
        return vertx.executeBlocking(
                () -> {
                    var pictures = new ArrayList<ContentPart.Picture>();
                    for (var image : images) {
                        pictures.add(load(image));
                    }
                    return pictures;
                },
                false);
    }

    private ContentPart.Picture load(Image image) throws Exception {
        var pixels = image.getPixels();
        try {
            return ContentPart.Picture.of(pixels.getMediaType(), blobs.get(pixels));
        } catch (BlobException e) {
            throw new NonRetriableException(
                    "no-pixels", "The pixels of image " + image.getId() + " are not to be had: " + e.getMessage(), e);
        }
    }
}
