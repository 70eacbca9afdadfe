package dev.preflow.models.tensor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes the zip archive in which PyTorch stores a scripted module, for a module without parameters. */
final class TorchScriptArchive {

    private static final String HEAD =
            "class M(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n";

    private TorchScriptArchive() {}

    /** The archive's bytes for the methods in TorchScript's serialised source form. */
    static byte[] of(String methods) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            store(zip, "m/data.pkl", module());
            store(zip, "m/code/__torch__.py", (HEAD + methods).getBytes(StandardCharsets.UTF_8));
            store(zip, "m/constants.pkl", latin1("\u0080\u0002)."));
            store(zip, "m/version", latin1("10\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** A pickle (protocol 2) of one object of class {@code __torch__.M} whose state is {@code {"training": True}}. */
    private static byte[] module() {
        String newObject = "\u0080\u0002c__torch__\nM\nq\0)\u0081";
        String state = "}q\u0001(X\b\0\0\0trainingq\u0002\u0088ub";
        return latin1(newObject + state + "q\u0003.");
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** PyTorch maps entries, so they must be stored without compression. */
    private static void store(ZipOutputStream zip, String name, byte[] data) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(data);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(data.length);
        entry.setCompressedSize(data.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(data);
        zip.closeEntry();
    }
}
