package dev.preflow.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.junit.jupiter.api.Test;

class SchemaEvolutionTest {

    @Test
    void shouldKeepTodaysProtocolAsTheNewestRelease() throws IOException {
        var released = SchemaStore.releasedProtocols();
        var next = Path.of("target", "preflow-next.avpr");
        Files.writeString(next, Preflow.PROTOCOL.toString(true) + "\n");

        assertThat(released)
                .as(
                        "changed records need a new version: copy %s to released/preflow-%d.avpr",
                        next, released.size() + 1)
                .last()
                .isEqualTo(Preflow.PROTOCOL);
    }

    @Test
    void shouldStayCompatibleWithEveryReleaseInBothDirections() {
        for (var protocol : SchemaStore.releasedProtocols()) {
            for (var today : Preflow.PROTOCOL.getTypes()) {
                var yesterday = protocol.getType(today.getFullName());
                if (yesterday == null) {
                    continue;
                }
                assertThat(SchemaCompatibility.checkReaderWriterCompatibility(today, yesterday)
                                .getType())
                        .as("today reads %s of yesterday", today.getName())
                        .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
                assertThat(SchemaCompatibility.checkReaderWriterCompatibility(yesterday, today)
                                .getType())
                        .as("yesterday reads %s of today", today.getName())
                        .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
            }
        }
    }
}
