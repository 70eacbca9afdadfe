package dev.preflow.stream.blob;

import dev.preflow.schemas.BlobRef;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Blobs in a directory, each named by the SHA-256 of its bytes (claim check): {@code ab/cd/abcd…}. A blob appears whole or not
 * at all, putting it twice is putting it once, and what is read is checked against its name. Blocks: not for an event loop.
 */
public final class BlobStore {

    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
    private static final String TEMPORARY = "tmp";

    private final Path root;
    private final Path temporary;

    /**
     * @param root the directory; created when missing
     * @throws IOException when it cannot be created
     */
    public BlobStore(Path root) throws IOException {
        this.root = Files.createDirectories(root);
        this.temporary = Files.createDirectories(root.resolve(TEMPORARY));
    }

    /**
     * Stores bytes.
     *
     * @param bytes the bytes
     * @param mediaType what they are, such as "image/png"
     * @return names them; the blob is durable when this returns
     * @throws IOException when it cannot be written
     */
    public BlobRef put(byte[] bytes, String mediaType) throws IOException {
        var digest = HexFormat.of().formatHex(sha256().digest(bytes));
        var target = path(digest);
        if (!holds(target, bytes)) {
            var file = newTemporary();
            try (var channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                var buffer = ByteBuffer.wrap(bytes);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            } catch (IOException e) {
                Files.deleteIfExists(file);
                throw e;
            }
            moveInto(file, target);
        }
        return new BlobRef(digest, (long) bytes.length, mediaType);
    }

    /**
     * Stores a file's bytes without holding them in memory.
     *
     * @param source the file
     * @param mediaType what it is, such as "application/octet-stream"
     * @return names the bytes; the blob is durable when this returns
     * @throws IOException when the file cannot be read or the blob not be written
     */
    public BlobRef put(Path source, String mediaType) throws IOException {
        var digest = sha256();
        var file = newTemporary();
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                var out = new DigestOutputStream(Channels.newOutputStream(channel), digest)) {
            Files.copy(source, out);
            channel.force(true);
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw e;
        }
        long size = Files.size(file);
        var name = HexFormat.of().formatHex(digest.digest());
        moveInto(file, path(name));
        return new BlobRef(name, size, mediaType);
    }

    /**
     * Reads a blob.
     *
     * @param blob names it
     * @return its bytes
     * @throws BlobException when it is missing, or its bytes are not what its name promises
     * @throws IOException when it cannot be read
     */
    public byte[] get(BlobRef blob) throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(path(blob.getSha256()));
        } catch (NoSuchFileException e) {
            throw missing(blob.getSha256());
        }
        requireDigest(blob.getSha256(), sha256().digest(bytes));
        return bytes;
    }

    /**
     * The file of a blob, for serving it or mapping it. Its bytes are not checked; {@link #verify} does.
     *
     * @param sha256 the digest
     * @return the file; it must not be changed
     * @throws BlobException when it is missing
     * @throws IllegalArgumentException when the digest is none
     */
    public Path file(String sha256) throws BlobException {
        var path = path(sha256);
        if (!Files.isRegularFile(path)) {
            throw missing(sha256);
        }
        return path;
    }

    /**
     * Checks a blob's bytes without holding them in memory.
     *
     * @param sha256 the digest
     * @throws BlobException when it is missing, or its bytes are not what its name promises
     * @throws IOException when it cannot be read
     */
    public void verify(String sha256) throws IOException {
        var digest = sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file(sha256)), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        requireDigest(sha256, digest.digest());
    }

    /**
     * Whether a blob is there.
     *
     * @param sha256 the digest
     * @return true when it is
     */
    public boolean contains(String sha256) {
        return Files.isRegularFile(path(sha256));
    }

    /**
     * Removes a blob; one that is not there is no error.
     *
     * @param sha256 the digest
     * @return whether it was there
     * @throws IOException when it cannot be removed
     */
    public boolean delete(String sha256) throws IOException {
        return Files.deleteIfExists(path(sha256));
    }

    private Path path(String sha256) {
        // nothing but a digest becomes part of a path, so nobody reaches outside the store
        if (!DIGEST.matcher(sha256).matches()) {
            throw new IllegalArgumentException(
                    "'" + sha256 + "' is not a SHA-256 digest: give 64 lower-case hexadecimal digits");
        }
        return root.resolve(sha256.substring(0, 2))
                .resolve(sha256.substring(2, 4))
                .resolve(sha256);
    }

    /** Whether the bytes are there already, undamaged. */
    private static boolean holds(Path file, byte[] bytes) throws IOException {
        return Files.exists(file) && Files.size(file) == bytes.length && Arrays.equals(Files.readAllBytes(file), bytes);
    }

    private Path newTemporary() {
        return temporary.resolve(UUID.randomUUID().toString());
    }

    private static void moveInto(Path file, Path target) throws IOException {
        Files.createDirectories(target.getParent());
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        if (File.separatorChar == '/') {
            // a name is durable when its directory is; Windows has no such call, and needs none
            try (var directory = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
                directory.force(true);
            }
        }
    }

    private void requireDigest(String sha256, byte[] actual) throws BlobException {
        var found = HexFormat.of().formatHex(actual);
        if (!found.equals(sha256)) {
            throw new BlobException(
                    BlobException.Kind.CORRUPT,
                    "Blob %s in %s is corrupt: its bytes have the digest %s".formatted(sha256, root, found));
        }
    }

    private BlobException missing(String sha256) {
        return new BlobException(
                BlobException.Kind.MISSING,
                "Blob %s is not in %s: every process of a deployment needs the same blob directory"
                        .formatted(sha256, root));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
