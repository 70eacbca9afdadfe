package dev.preflow.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Protocol;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CodecTest {

    private final Codec<Prompt> codec = Codec.of(Prompt.class);
    private final byte[] bytes = codec.encode(Samples.prompt());

    static Stream<SpecificRecord> everyRecord() {
        return Stream.of(
                Samples.prompt(),
                Samples.task(),
                Samples.image(),
                Samples.group(),
                Samples.annotation(),
                Samples.preference(),
                Samples.score(),
                Samples.rollout(),
                Samples.release());
    }

    @ParameterizedTest
    @MethodSource("everyRecord")
    @SuppressWarnings("unchecked")
    void shouldReadBackWhatItWrote(SpecificRecord record) throws UndecodableException {
        var any = Codec.of((Class<SpecificRecord>) record.getClass());

        assertThat(any.decode(any.encode(record))).isEqualTo(record);
    }

    @Test
    void shouldSpeakAvrosSingleObjectEncoding() throws IOException {
        var reference = new BinaryMessageEncoder<Prompt>(Samples.prompt().getSpecificData(), Prompt.getClassSchema())
                .encode(Samples.prompt());

        assertThat(bytes).isEqualTo(reference.array());
    }

    @Test
    void shouldNameWhatIsWrongWithTheBytes() {
        assertThatThrownBy(() -> codec.decode(null)).hasMessage("Not a Prompt: there are no bytes");
        assertThatThrownBy(() -> codec.decode(new byte[0])).hasMessage("Not a Prompt: there are no bytes");
        assertThatThrownBy(() -> codec.decode("{\"text\": \"a cat\"}".getBytes()))
                .hasMessageContaining("marker C3 01");
        assertThatThrownBy(() -> codec.decode(Arrays.copyOf(bytes, 5))).hasMessageContaining("cut off after 5 of 10");
        assertThatThrownBy(() -> codec.decode(Arrays.copyOf(bytes, bytes.length - 3)))
                .hasMessageContaining("the record is cut off after " + (bytes.length - 3) + " bytes");
        assertThatThrownBy(() -> codec.decode(Arrays.copyOf(bytes, bytes.length + 1)))
                .hasMessageContaining("bytes after the record");
        assertThatThrownBy(() -> codec.decode(Codec.of(Score.class).encode(Samples.score())))
                .hasMessage("Not a Prompt: it is a Score");
        var unknown = bytes.clone();
        unknown[4] ^= 1;
        assertThatThrownBy(() -> codec.decode(unknown)).hasMessageContaining("its schema (fingerprint");
    }

    @Test
    void shouldAnswerEveryCorruptionWithARecordOrUndecodable() {
        var annotations = Codec.of(Annotation.class);
        var good = annotations.encode(Samples.annotation());
        var random = new Random(7);
        int undecodable = 0;
        for (int i = 0; i < 20_000; i++) {
            var bad = good.clone();
            for (int flips = 0; flips < 3; flips++) {
                bad[10 + random.nextInt(bad.length - 10)] = (byte) random.nextInt();
            }
            try {
                annotations.decode(bad);
            } catch (UndecodableException e) {
                undecodable++;
            }
        }
        assertThat(undecodable).isGreaterThan(1000);
    }

    @Test
    void shouldReadYesterdaysWriterWithDefaultsForWhatItDidNotKnow() throws UndecodableException, IOException {
        var yesterday = without(GenerationTask.getClassSchema(), List.of("rolloutGroup", "eta"), "noted");
        var today = generic(Samples.task());
        var record = new GenericData.Record(yesterday);
        for (var field : yesterday.getFields()) {
            record.put(field.name(), field.name().equals("noted") ? "dropped since" : today.get(field.name()));
        }

        var read = Codec.of(GenerationTask.class, storeWith(yesterday)).decode(encode(yesterday, record));

        assertThat(read.getSeed()).isEqualTo(42L);
        assertThat(read.getRolloutGroup()).isNull();
        assertThat(read.getEta()).isZero();
    }

    @Test
    void shouldNameTheFieldThatYesterdaysWriterLacksRatherThanInventIt() throws IOException {
        var yesterday = without(Prompt.getClassSchema(), List.of("source"), null);
        var record = new GenericData.Record(yesterday);
        record.put("id", "p");
        record.put("text", "a cat");
        record.put("createdAt", Samples.NOW.toEpochMilli());
        var bytes = encode(yesterday, record);

        assertThatThrownBy(() -> Codec.of(Prompt.class, storeWith(yesterday)).decode(bytes))
                .isInstanceOf(UndecodableException.class)
                .hasMessageContaining("source");
    }

    @Test
    void shouldBeReadByYesterdaysReader() throws IOException {
        var yesterday =
                without(GenerationTask.getClassSchema(), List.of("rolloutGroup", "stochasticSteps", "eta"), null);
        var today = Codec.of(GenerationTask.class).encode(Samples.task());

        var read = new GenericDatumReader<GenericRecord>(GenerationTask.getClassSchema(), yesterday)
                .read(null, DecoderFactory.get().binaryDecoder(today, 10, today.length - 10, null));

        assertThat(read.get("seed")).isEqualTo(42L);
        assertThat(read.getSchema().getField("eta")).isNull();
    }

    @Test
    void shouldRefuseARecordWithAMissingField() {
        assertThatThrownBy(() -> codec.encode(new Prompt("p", null, "http", Samples.NOW)))
                .isInstanceOf(AvroRuntimeException.class)
                .hasMessageContaining("Prompt")
                .hasMessageContaining("text");
    }

    private static GenericRecord generic(GenerationTask record) throws IOException {
        var encoded = Codec.of(GenerationTask.class).encode(record);
        return new GenericDatumReader<GenericRecord>(GenerationTask.getClassSchema())
                .read(null, DecoderFactory.get().binaryDecoder(encoded, 10, encoded.length - 10, null));
    }

    private static byte[] encode(Schema schema, GenericRecord record) throws IOException {
        var out = new ByteArrayOutputStream();
        new BinaryMessageEncoder<GenericRecord>(GenericData.get(), schema).encode(record, out);
        return out.toByteArray();
    }

    private static Schema without(Schema schema, List<String> dropped, String added) {
        var fields = new ArrayList<Schema.Field>();
        for (var field : schema.getFields()) {
            if (!dropped.contains(field.name())) {
                fields.add(new Schema.Field(field, field.schema()));
            }
        }
        if (added != null) {
            fields.add(new Schema.Field(added, Schema.create(Schema.Type.STRING)));
        }
        return Schema.createRecord(schema.getName(), null, schema.getNamespace(), false, fields);
    }

    private static SchemaStore storeWith(Schema schema) {
        assertThat(SchemaNormalization.parsingFingerprint64(schema))
                .isNotEqualTo(SchemaNormalization.parsingFingerprint64(Preflow.PROTOCOL.getType(schema.getFullName())));
        var protocol = new Protocol("Yesterday", schema.getNamespace());
        protocol.setTypes(List.of(schema));
        return SchemaStore.released().with(List.of(protocol));
    }
}
