package dev.preflow.schemas;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Protocol;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

/**
 * The writers' schemas that a reader can resolve, by their 64-bit CRC (Avro's Rabin fingerprint of the parsing canonical
 * form). Every protocol that was ever released is kept as a resource, {@code released/preflow-1.avpr} and so on, so that
 * records written by an earlier release stay readable for as long as a topic keeps them.
 */
public final class SchemaStore {

    private static final String RESOURCE = "released/preflow-%d.avpr";

    private final Map<Long, Schema> byFingerprint;

    private SchemaStore(Map<Long, Schema> byFingerprint) {
        this.byFingerprint = byFingerprint;
    }

    /**
     * The store of everything that was released, and of today's records.
     *
     * @return a new store
     */
    public static SchemaStore released() {
        var protocols = new ArrayList<>(releasedProtocols());
        protocols.add(Preflow.PROTOCOL);
        return new SchemaStore(Map.of()).with(protocols);
    }

    /**
     * The released protocols, oldest first.
     *
     * @return version n at index n - 1
     */
    static List<Protocol> releasedProtocols() {
        var protocols = new ArrayList<Protocol>();
        while (true) {
            var name = RESOURCE.formatted(protocols.size() + 1);
            try (InputStream in = SchemaStore.class.getResourceAsStream(name)) {
                if (in == null) {
                    return List.copyOf(protocols);
                }
                protocols.add(Protocol.parse(in));
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot read the released protocol " + name, e);
            }
        }
    }

    /**
     * This store and the records of more protocols, such as those of a newer release whose writers share the topics.
     *
     * @param protocols the protocols to add
     * @return a new store
     */
    public SchemaStore with(List<Protocol> protocols) {
        var schemas = new HashMap<>(byFingerprint);
        for (var protocol : protocols) {
            for (var schema : protocol.getTypes()) {
                schemas.putIfAbsent(SchemaNormalization.parsingFingerprint64(schema), schema);
            }
        }
        return new SchemaStore(Map.copyOf(schemas));
    }

    Optional<Schema> find(long fingerprint) {
        return Optional.ofNullable(byFingerprint.get(fingerprint));
    }
}
