package dev.preflow.schemas;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Turns one kind of record into bytes and back: Avro's single-object encoding, that is the marker C3 01, the fingerprint of
 * the writer's schema (8 bytes, little endian) and the binary record. The reader resolves the writer's schema, older or
 * newer, to its own. Thread-safe.
 *
 * @param <T> the record
 */
public final class Codec<T extends SpecificRecord> {

    private static final int HEADER = 10;
    private static final byte MARKER_1 = (byte) 0xC3;
    private static final byte MARKER_2 = 0x01;

    static {
        TrustedRecords.trust();
    }

    private final Class<T> type;
    private final Schema schema;
    private final SpecificData data;
    private final SchemaStore store;
    private final byte[] header;
    private final SpecificDatumWriter<T> writer;
    private final Map<Long, SpecificDatumReader<T>> readers = new ConcurrentHashMap<>();

    private Codec(Class<T> type, SchemaStore store) {
        this.type = type;
        this.store = store;
        this.data = SpecificData.getForClass(type);
        this.schema = data.getSchema(type);
        this.header = ByteBuffer.allocate(HEADER)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MARKER_1)
                .put(MARKER_2)
                .putLong(SchemaNormalization.parsingFingerprint64(schema))
                .array();
        this.writer = new SpecificDatumWriter<>(schema, data);
    }

    /**
     * A codec that knows every released version of the record.
     *
     * @param type the generated class
     * @param <T> the record
     * @return a new codec
     */
    public static <T extends SpecificRecord> Codec<T> of(Class<T> type) {
        return of(type, SchemaStore.released());
    }

    /**
     * A codec that knows the writers' schemas of a store.
     *
     * @param type the generated class
     * @param store the writers' schemas
     * @param <T> the record
     * @return a new codec
     */
    public static <T extends SpecificRecord> Codec<T> of(Class<T> type, SchemaStore store) {
        return new Codec<>(type, store);
    }

    /**
     * The record's class.
     *
     * @return the generated class
     */
    public Class<T> type() {
        return type;
    }

    /**
     * Encodes a record.
     *
     * @param record the record, every field without a default set
     * @return its bytes
     * @throws AvroRuntimeException when a field holds null that must not
     */
    public byte[] encode(T record) {
        var out = new ByteArrayOutputStream(256);
        out.writeBytes(header);
        try {
            var encoder = EncoderFactory.get().directBinaryEncoder(out, null);
            writer.write(record, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("Writing to memory failed", e);
        } catch (NullPointerException | ClassCastException e) {
            throw new AvroRuntimeException(
                    "Cannot encode a " + type.getSimpleName() + ": a field is missing or of the wrong type: "
                            + e.getMessage(),
                    e);
        }
        return out.toByteArray();
    }

    /**
     * Decodes a record.
     *
     * @param bytes what {@link #encode} of this or another version gave
     * @return the record, fields that its writer did not know at their defaults
     * @throws UndecodableException when the bytes are empty, are not single-object encoded, name an unknown schema, are cut
     *     off, have bytes after the record, or do not resolve to this record
     */
    public T decode(byte @Nullable [] bytes) throws UndecodableException {
        if (bytes == null || bytes.length == 0) {
            throw undecodable("there are no bytes", null);
        }
        if (bytes[0] != MARKER_1 || bytes.length > 1 && bytes[1] != MARKER_2) {
            throw undecodable("the marker C3 01 of Avro's single-object encoding is missing", null);
        }
        if (bytes.length < HEADER) {
            throw undecodable("the header is cut off after %d of %d bytes".formatted(bytes.length, HEADER), null);
        }
        var reader =
                reader(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(2));
        T record;
        boolean end;
        try {
            BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(bytes, HEADER, bytes.length - HEADER, null);
            record = reader.read(null, decoder);
            end = decoder.isEnd();
        } catch (EOFException e) {
            throw undecodable("the record is cut off after %d bytes".formatted(bytes.length), e);
        } catch (IOException | RuntimeException e) {
            // Avro answers corrupt bytes with whatever its parser trips over, an index or a cast among them
            throw undecodable("the record is corrupt: " + e.getMessage(), e);
        }
        if (!end) {
            throw undecodable("there are bytes after the record", null);
        }
        return record;
    }

    private SpecificDatumReader<T> reader(long fingerprint) throws UndecodableException {
        var known = readers.get(fingerprint);
        if (known != null) {
            return known;
        }
        var writerSchema = store.find(fingerprint)
                .orElseThrow(() -> undecodable(
                        "its schema (fingerprint %016x) is unknown: it was written by a release that this one does not know"
                                .formatted(fingerprint),
                        null));
        if (!writerSchema.getFullName().equals(schema.getFullName())) {
            throw undecodable("it is a " + writerSchema.getName(), null);
        }
        var reader = new SpecificDatumReader<T>(writerSchema, schema, data);
        readers.put(fingerprint, reader);
        return reader;
    }

    private UndecodableException undecodable(String reason, @Nullable Throwable cause) {
        return new UndecodableException("Not a " + type.getSimpleName() + ": " + reason, cause);
    }
}
