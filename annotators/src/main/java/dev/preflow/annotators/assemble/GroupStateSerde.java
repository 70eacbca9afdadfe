package dev.preflow.annotators.assemble;

import dev.preflow.schemas.Codec;
import dev.preflow.schemas.Image;
import dev.preflow.schemas.UndecodableException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/** A group's state as bytes, in the store and its changelog: a version, the counts, and the images as their codec writes them. */
final class GroupStateSerde implements Serde<GroupState> {

    private static final byte VERSION = 1;

    private final Codec<Image> codec;

    GroupStateSerde(Codec<Image> codec) {
        this.codec = codec;
    }

    @Override
    public Serializer<GroupState> serializer() {
        return (topic, state) -> state == null ? null : write(state);
    }

    @Override
    public Deserializer<GroupState> deserializer() {
        return (topic, bytes) -> bytes == null ? null : read(bytes);
    }

    private byte[] write(GroupState state) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeBoolean(state.done());
            out.writeLong(state.due());
            out.writeInt(state.expected());
            out.writeLong(state.lastFailure());
            writeBytes(out, state.promptText().getBytes(StandardCharsets.UTF_8));
            out.writeInt(state.failed().size());
            for (int index : state.failed()) {
                out.writeInt(index);
            }
            out.writeInt(state.images().size());
            for (var image : state.images().values()) {
                writeBytes(out, codec.encode(image));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private GroupState read(byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            byte version = in.readByte();
            if (version != VERSION) {
                throw new SerializationException("The state of a group has version " + version + ", this release reads "
                        + VERSION + ": run the release that wrote it until its groups are closed");
            }
            boolean done = in.readBoolean();
            long due = in.readLong();
            int expected = in.readInt();
            long lastFailure = in.readLong();
            var text = new String(readBytes(in), StandardCharsets.UTF_8);
            var failed = new TreeSet<Integer>();
            for (int left = in.readInt(); left > 0; left--) {
                failed.add(in.readInt());
            }
            var images = new TreeMap<Integer, Image>();
            for (int left = in.readInt(); left > 0; left--) {
                var image = codec.decode(readBytes(in));
                images.put(image.getIndex(), image);
            }
            return new GroupState(done, due, expected, text, images, failed, lastFailure);
        } catch (IOException | UndecodableException e) {
            throw new SerializationException("The state of a group cannot be read: " + e.getMessage(), e);
        }
    }

    private static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] readBytes(DataInputStream in) throws IOException {
        return in.readNBytes(in.readInt());
    }
}
